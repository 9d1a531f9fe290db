using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using System.Globalization;
using System.Text;
using TrackApiSandbox;

namespace CustomerIoDestination.AzureServices.Tests.RateShare;

public sealed class BudgetTests
{
    private const int RequestsPerSecond = 40;
    private const int EventsEach = 60;

    [AzuriteFact]
    public async Task Three_deliver_at_once_inside_one_budget_by_customer_ios_clock()
    {
        string account = await Azurite.NewAccountAsync();
        await using SandboxServer sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        await using ServiceProvider first = Process(account, sandbox.BaseAddress);
        await using ServiceProvider second = Process(account, sandbox.BaseAddress);
        await using ServiceProvider third = Process(account, sandbox.BaseAddress);

        DeliveryAttempt[][] attempts = await Task.WhenAll(DeliverAsync(first, 0), DeliverAsync(second, 1), DeliverAsync(third, 2));

        attempts.SelectMany(each => each).ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);

        // A limiter of its own in each would let 120 through. The bound is wide because a loaded machine bunches what was sent evenly.
        sandbox.GetStats().HighestPerSecond.ShouldBeLessThan(RequestsPerSecond * 3 / 2);
    }

    private static ServiceProvider Process(string account, Uri trackApi)
    {
        DestinationSettings settings = new()
        {
            CustomerIo = new CustomerIoSettings { SiteId = "site", ApiKey = new Secret("key"), TrackApiUrl = trackApi },
            Delivery = new DeliverySettings { RequestsPerSecond = RequestsPerSecond },
        };
        return new ServiceCollection()
            .AddLeasedRateShare(new RateShareSettings { ConnectionString = new Secret(account) })
            .AddSingleton(settings.CustomerIo)
            .AddSingleton(settings.Delivery)
            .AddSingleton(settings)
            .AddSingleton(AzureSettings.OpenRules(settings))
            .AddSingleton(provider => new EnvelopeMapper(settings.Mapping, settings.Limits, provider.GetRequiredService<RulesSource>()))
            .AddSingleton<IPersonStore>(new MemoryPersonStore())
            .AddCustomerIoDelivery()
            .BuildServiceProvider();
    }

    private static async Task<DeliveryAttempt[]> DeliverAsync(ServiceProvider process, int number)
    {
        IHostedService[] hosted = [.. process.GetServices<IHostedService>()];
        foreach (IHostedService service in hosted)
        {
            await service.StartAsync(CancellationToken.None);
        }

        DeliveryHandler handler = process.GetRequiredService<DeliveryHandler>();
        DeliveryAttempt[] attempts = await Task.WhenAll(Enumerable.Range(number * EventsEach, EventsEach)
            .Select(index => handler.DeliverAsync(new ReceivedEvent(Envelope(index), index, FailureHistory.None), null, CancellationToken.None)));
        foreach (IHostedService service in hosted.Reverse())
        {
            await service.StopAsync(CancellationToken.None);
        }

        return attempts;
    }

    private static EventEnvelope Envelope(int index) => new()
    {
        EventId = index.ToString("D26", CultureInfo.InvariantCulture),
        Kind = EventKind.Track,
        QueuedAt = DateTimeOffset.UnixEpoch,
        ReceivedAt = DateTimeOffset.UnixEpoch,
        Partition = new Partition(Lane.Live, index % 64),
        Body = Encoding.UTF8.GetBytes($$"""{"event":"Bought","userId":"u{{index}}","anonymousId":"a{{index}}"}"""),
    };
}
