using CustomerIoDestination.FunctionsApp.Tests.Support;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CustomerIoDestination.FunctionsApp.Tests;

public sealed class WiringTests
{
    [Fact]
    public async Task Everything_a_function_needs_is_there_with_the_sample_settings()
    {
        await using ServiceProvider services = Wire(Sample()).Services.BuildServiceProvider();

        foreach (Type function in Function.All.Select(function => function.Method.DeclaringType!))
        {
            ActivatorUtilities.CreateInstance(services, function).ShouldNotBeNull();
        }

        services.GetServices<IHostedService>().ShouldNotBeEmpty();
    }

    [Fact]
    public void A_wrong_setting_stops_the_start_and_is_named()
    {
        Dictionary<string, string?> settings = Sample();
        settings["Ingest:Keys:0"] = "@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/ingest-key-0)";

        Should.Throw<InvalidOperationException>(() => Wire(settings)).Message.ShouldContain("Ingest__Keys__0");
    }

    private static FunctionsApplicationBuilder Wire(Dictionary<string, string?> settings)
    {
        FunctionsApplicationBuilder builder = FunctionsApplication.CreateBuilder([]);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.ConfigureFunctionsWebApplication();
        return builder.AddDestination();
    }

    private static Dictionary<string, string?> Sample() => Repository.Json("local.settings.sample.json")["Values"]!.AsObject()
        .ToDictionary(setting => setting.Key.Replace("__", ":", StringComparison.Ordinal), setting => (string?)setting.Value!.GetValue<string>(), StringComparer.Ordinal);
}
