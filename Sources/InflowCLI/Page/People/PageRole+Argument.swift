public import ArgumentParser
public import Inflow

extension PageRole: ExpressibleByArgument {}

extension APIScope: ExpressibleByArgument {}
