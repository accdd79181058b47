public import ArgumentParser
public import Inflow

/// Lets `--chunk` take the name of a size: `month`, `quarter` or `year`.
extension BackfillPlan.Size: ExpressibleByArgument {}
