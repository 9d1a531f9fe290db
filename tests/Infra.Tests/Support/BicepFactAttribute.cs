namespace CustomerIoDestination.Infra.Support;

/// <summary>A test that runs the Bicep CLI; skipped, with the reason, where it does not run.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BicepFactAttribute : FactAttribute
{
    /// <summary>Decides at discovery.</summary>
    public BicepFactAttribute() => Skip = Bicep.Missing;
}
