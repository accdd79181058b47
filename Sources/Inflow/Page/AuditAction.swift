/// What was done, as the audit log names it (`inflow.audit.action`).
public enum AuditAction: String, StoredWord {
    // Entering and leaving.
    /// A user signed in.
    case signedIn = "signed_in"
    /// Somebody gave a wrong name or password.
    case signInFailed = "sign_in_failed"
    /// A browser used a one-time link.
    case linkUsed = "link_used"
    /// A user or a link's session left.
    case signedOut = "signed_out"

    /// An admin ended a session, or all sessions of a user.
    case sessionEnded = "session_ended"

    // Users and tokens.
    /// A user was added.
    case userAdded = "user_added"
    /// A user got another role, or other connections.
    case userRoleChanged = "user_role_changed"
    /// A user got another password.
    case userPasswordChanged = "user_password_changed"
    /// A user may no longer enter.
    case userDisabled = "user_disabled"
    /// A user may enter again.
    case userEnabled = "user_enabled"
    /// A user was removed.
    case userRemoved = "user_removed"
    /// A token of the API was made.
    case tokenAdded = "token_added"
    /// A token of the API was revoked.
    case tokenRevoked = "token_revoked"

    // Connections.
    /// A connection was added.
    case connectionAdded = "connection_added"
    /// A person authorised a connection at the platform.
    case connectionAuthorised = "connection_authorised"
    /// The tokens of a connection were refreshed by hand.
    case connectionTokenRefreshed = "connection_token_refreshed"
    /// Settings of a connection were changed.
    case settingsChanged = "settings_changed"
    /// The client secret of a connection was replaced.
    case clientSecretChanged = "client_secret_changed"
    /// A connection got another name.
    case connectionRenamed = "connection_renamed"
    /// A connection is not read any more until it is resumed.
    case connectionPaused = "connection_paused"
    /// A paused connection is read again.
    case connectionResumed = "connection_resumed"
    /// A connection was put into a group, or taken out of one.
    case connectionGrouped = "connection_grouped"
    /// A connection was removed with its records.
    case connectionRemoved = "connection_removed"
    /// The key that encrypts secrets was replaced.
    case secretsRotated = "secrets_rotated"
    /// A login for reporting tools was made, or got a new password.
    case credentialsMade = "credentials_made"

    // Runs.
    /// A run was asked for.
    case runStarted = "run_started"
    /// A run was asked to stop.
    case runCancelled = "run_cancelled"
    /// A backfill was asked for or continued.
    case backfillStarted = "backfill_started"
    /// A backfill was paused.
    case backfillPaused = "backfill_paused"
    /// When a connection is due was changed.
    case scheduleChanged = "schedule_changed"
    /// One live request was made at the platform.
    case liveRequestMade = "live_request_made"

    // Decisions about records.
    /// Held deletions were approved.
    case deletionsApproved = "deletions_approved"
    /// Held deletions were rejected: the rows stay.
    case deletionsRejected = "deletions_rejected"
    /// Rejected records are read again.
    case rejectionsRetried = "rejections_retried"
    /// Rejections were put aside.
    case rejectionsDismissed = "rejections_dismissed"
    /// A decision about deletions or rejections was taken back.
    case decisionUndone = "decision_undone"
    /// A month was signed off.
    case periodClosed = "period_closed"
    /// A month that was signed off was opened again.
    case periodReopened = "period_reopened"

    // What goes out.
    /// Channels of alerts were changed.
    case alertsChanged = "alerts_changed"
    /// A test message was sent.
    case alertTested = "alert_tested"
    /// A report goes out by mail on its days.
    case reportMailAdded = "report_mail_added"
    /// A report no longer goes out by mail.
    case reportMailRemoved = "report_mail_removed"
    /// Rates, capacity and other settings of reports were loaded.
    case reportSettingsLoaded = "report_settings_loaded"
    /// A row of these settings was added or changed.
    case reportSettingSaved = "report_setting_saved"
    /// A row of these settings was removed.
    case reportSettingRemoved = "report_setting_removed"
    /// An outside program is told of events.
    case webhookAdded = "webhook_added"
    /// An outside program is no longer told of events.
    case webhookRemoved = "webhook_removed"
    /// A query of a person's own was run.
    case queryRun = "query_run"
    /// A query was kept.
    case querySaved = "query_saved"
    /// A kept query got another name.
    case queryRenamed = "query_renamed"
    /// A kept query was removed.
    case queryRemoved = "query_removed"
    /// Rows were taken away: as a file, or as what a command printed.
    case rowsExported = "rows_exported"
    /// A session of psql was opened.
    case psqlOpened = "psql_opened"

    // The warehouse.
    /// What a connection's settings say is kept long enough was deleted by hand.
    case recordsExpired = "records_expired"
    /// The schema was brought to the version of Inflow.
    case warehouseMigrated = "warehouse_migrated"
    /// The whole warehouse was written into a file.
    case warehouseBackedUp = "warehouse_backed_up"
    /// The warehouse was made from such a file.
    case warehouseRestored = "warehouse_restored"
}
