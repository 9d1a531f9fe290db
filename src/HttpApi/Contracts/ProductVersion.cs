using System.Reflection;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>This build's version, without the commit behind its plus sign.</summary>
internal static class ProductVersion
{
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
