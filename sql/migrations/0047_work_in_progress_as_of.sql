-- The answer of report.work_in_progress_as_of has further columns (hours written off, costs), and PostgreSQL replaces no
-- function whose answer is another. No released version had it. The file of the report makes it anew.
drop function if exists report.work_in_progress_as_of(date, text);
