// Tests that drive a fake clock must be alone in their process: see Clock.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
