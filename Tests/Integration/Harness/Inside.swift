import Runner

/// The runner's own, beside what tests call so. Here, where `Runner` is the module: in Projections it is a type.
typealias OwnSite = Runner.Site
typealias OwnService = Runner.Service
