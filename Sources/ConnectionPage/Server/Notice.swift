internal import Foundation

/// What a page says at its top after something was done.
///
/// It travels in the address as a word and a number, never as text, so that nobody can put words into Inflow's mouth.
enum Notice: String, CaseIterable {
    case queued, joined, runs, cancelling, scheduled, paused, resumed, saved, removed, approved, rejected, retried
    case dismissed, undone, refreshed, authorised, sent, added, stopped, validated, signedOut

    /// The notice in words.
    var words: String {
        switch self {
        case .queued: "The run is in the queue and begins as soon as a worker is free."
        case .joined: "The queue already holds this Sync All."
        case .runs: "A Sync All is running already; you see it below."
        case .cancelling: "The run was asked to stop. What is committed stays in the tables."
        case .scheduled: "The schedule is changed."
        case .paused: "The connection is paused: no scheduled run begins."
        case .resumed: "The connection is read again."
        case .saved: "Saved."
        case .removed: "Removed."
        case .approved: "The deletions are approved: the rows are marked as deleted."
        case .rejected: "The deletions are rejected: the rows stay."
        case .retried: "Inflow reads the records again."
        case .dismissed: "The rejection is dismissed."
        case .undone: "That is undone."
        case .refreshed: "The token is refreshed."
        case .authorised: "The connection is authorised."
        case .sent: "The test is sent."
        case .added: "Added."
        case .stopped: "The backfill is paused. \"Continue\" goes on where it stopped."
        case .signedOut: "The session has ended, and the browser must sign in again."
        case .validated: "The tables were checked against the platform."
        }
    }
}
