namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>The body of a good health.</summary>
internal sealed record HealthBody(string Status)
{
    public static HealthBody Healthy { get; } = new("healthy");
}
