namespace CustomerIoDestination.ApiContract.Skipping;

/// <summary>On a class that runs a part of the list: what it needs may be missing here, and then all of it is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class RunsWhereAttribute : Attribute
{
    /// <summary>Why the class can't run here; null when it can.</summary>
    public abstract string? WhyNot { get; }
}
