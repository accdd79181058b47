import Inflow

/// What WorkflowMax keeps, in loading order: an entity comes after those its records name.
///
/// The order is for readers of the warehouse, who meet few names without a record behind them; nothing depends on it
/// but `job_status`, which is derived from the jobs.
let allEntities: [EntityDefinition] = EntityDefinition.linked(recordEntities + perParentEntities)

/// Entities with a list of their own.
let recordEntities: [EntityDefinition] = [
    .client,
    .clientGroup,
    .staff,
    .supplier,
    .task,
    .cost,
    .jobCategory,
    .customField,
    .lead,
    .job,
    .jobStatus,
    .quote,
    .purchaseOrder,
    .invoice,
    .timesheet,
]

/// What is had only by a call for each record of another entity.
let perParentEntities: [EntityDefinition] = [.jobCost, .invoicePayment] + EntityDefinition.customFieldValues
