namespace CustomerIoDestination.Suites;

/// <summary>On a class that runs a suite: what it needs may be missing here, and then all its tests are skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class RunsWhereAttribute : Attribute
{
    /// <summary>Why the class can't run here; null when it can.</summary>
    public abstract string? WhyNot { get; }
}
