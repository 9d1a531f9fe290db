using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.FunctionsApp.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

/// <summary>The started app: its container with its own hosted services, a server for its HTTP functions, a processor for its queue function.</summary>
internal sealed class RunningFunctions : IRunningHost
{
    private readonly ServiceProvider _services;
    private readonly WebApplication _server;
    private readonly QueueTrigger _queue;

    private RunningFunctions(ServiceProvider services, WebApplication server, QueueTrigger queue)
    {
        _services = services;
        _server = server;
        _queue = queue;
    }

    public Uri Address => new(_server.Urls.Single());

    public static async Task<RunningFunctions> StartAsync(IEnumerable<KeyValuePair<string, string>> settings)
    {
        FunctionsApplicationBuilder app = FunctionsApplication.CreateBuilder([]);
        app.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)));
        app.ConfigureFunctionsWebApplication();
        app.AddDestination();
        WithoutTheHosts(app.Services);
        ServiceProvider services = app.Services.BuildServiceProvider();
        foreach (IHostedService hosted in services.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        await Function.Named("WatchQueue").RunAsync(services, new TimerInfo(), CancellationToken.None);
        QueueTrigger queue = await QueueTrigger.StartAsync(services, Function.Named("DeliverEvent"), app.Configuration);
        return new RunningFunctions(services, await HttpTriggers.StartAsync(services), queue);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _queue.DisposeAsync();
        foreach (IHostedService hosted in _services.GetServices<IHostedService>().Reverse())
        {
            await hosted.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }

    // The worker would look for the Functions host that started it, and the server for its requests.
    private static void WithoutTheHosts(IServiceCollection services)
    {
        ServiceDescriptor[] hosts =
        [
            .. services.Where(service => service.ServiceType == typeof(IHostedService)
                && service.ImplementationType?.Assembly.GetName().Name!.StartsWith("Microsoft.", StringComparison.Ordinal) == true),
        ];
        foreach (ServiceDescriptor host in hosts)
        {
            services.Remove(host);
        }
    }
}
