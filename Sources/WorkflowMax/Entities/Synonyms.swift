public import Inflow

extension WorkflowMax {
    /// Finds the entity that a person means, also by another word for it.
    public static let entityNames = EntityNames(entities, synonyms: synonyms)

    /// What people call entities, in the product's pages and in offices.
    ///
    /// A word that several entities go by names all.
    private static let synonyms: [String: [String]] = [
        "time": ["timesheet"], "time_entry": ["timesheet"], "hours": ["timesheet"],
        "po": ["purchase_order"], "order": ["purchase_order"],
        "project": ["job"], "customer": ["client"], "vendor": ["supplier"],
        "employee": ["staff"], "people": ["staff"], "user": ["staff"],
        "estimate": ["quote"], "payment": ["invoice_payment"], "opportunity": ["lead"],
        "status": ["job_status"], "category": ["job_category"], "group": ["client_group"],
        "contact": ["contact_custom_field", "supplier_contact_custom_field"],
        "time_custom_field": ["timesheet_custom_field"], "task_custom_field": ["job_task_custom_field"],
        "cost_custom_field": ["job_cost_custom_field"], "client_contact_custom_field": ["contact_custom_field"],
    ]
}
