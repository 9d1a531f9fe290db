using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>The product's delivering side over a queue file, to a sink, at a rate of choice.</summary>
internal sealed class DestinationProcess : IAsyncDisposable
{
    private readonly IHost _host;

    private DestinationProcess(IHost host) => _host = host;

    /// <summary>The queue.</summary>
    public IEventQueue Queue => _host.Services.GetRequiredService<IEventQueue>();

    /// <summary>What could not be delivered.</summary>
    public IDeadLetterStore DeadLetters => _host.Services.GetRequiredService<IDeadLetterStore>();

    /// <summary>Forgets people.</summary>
    public PersonForgetting Forgetting => _host.Services.GetRequiredService<PersonForgetting>();

    /// <summary>What was counted.</summary>
    public EventCounters Counters => _host.Services.GetRequiredService<EventCounters>();

    /// <summary>Starts it.</summary>
    /// <param name="file">The queue's file.</param>
    /// <param name="sink">Where to deliver; null to deliver nothing.</param>
    /// <param name="mode">One request an event, or batches.</param>
    /// <param name="requestsPerSecond">The rate; null for no limit.</param>
    /// <param name="mapping">How events are mapped; null for the defaults.</param>
    public static Task<DestinationProcess> StartAsync(
        string file, Uri? sink, DeliveryMode mode = DeliveryMode.Single, double? requestsPerSecond = null, MappingSettings? mapping = null) => StartAsync(
        new DestinationSettings { Delivery = new DeliverySettings { Mode = mode }, Mapping = mapping ?? new MappingSettings(), Queue = new QueueSettings { Path = file } },
        services => services.AddSqliteQueue(),
        services => services.AddDeliveryWorker(),
        sink,
        requestsPerSecond);

    /// <summary>Starts it with its queue on Service Bus, wired as the local host wires it.</summary>
    /// <param name="broker">The broker's connection string.</param>
    /// <param name="queue">The queue's name there.</param>
    /// <param name="log">The delivery log's file.</param>
    /// <param name="sink">Where to deliver; null to deliver nothing.</param>
    public static Task<DestinationProcess> StartOnServiceBusAsync(string broker, string queue, string log, Uri? sink) => StartAsync(
        new DestinationSettings { Queue = new QueueSettings { Path = log }, ServiceBus = new ServiceBusSettings { ConnectionString = new Secret(broker), QueueName = queue } },
        services => services.AddSqliteDeliveryLog().AddServiceBusQueue(),
        services => services.AddServiceBusDelivery(),
        sink,
        requestsPerSecond: null);

    private static async Task<DestinationProcess> StartAsync(
        DestinationSettings given, Action<IServiceCollection> addQueue, Action<IServiceCollection> addDelivery, Uri? sink, double? requestsPerSecond)
    {
        DestinationSettings settings = given with
        {
            CustomerIo = new CustomerIoSettings { SiteId = "s", ApiKey = new Secret("k"), TrackApiUrl = sink ?? new Uri("http://127.0.0.1:9") },
            Delivery = given.Delivery with { Enabled = sink is not null },
        };
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        builder.Services.AddSingleton<IRateShare>(new FixedRate(requestsPerSecond ?? 1_000_000));
        addQueue(builder.Services);
        builder.Services.AddCustomerIoDestination(settings, RulesSource.Of(DestinationRules.None));
        addDelivery(builder.Services);
        IHost host = builder.Build();
        await host.StartAsync();
        return new DestinationProcess(host);
    }

    /// <summary>Puts events on the queue in commits of a thousand.</summary>
    /// <param name="first">The first event's number, so that ids differ.</param>
    /// <param name="count">How many.</param>
    /// <param name="lane">Which lane.</param>
    public Task FillAsync(int first, int count, Lane lane = Lane.Import) => FillAsync(first, count, number => LoadEvents.Envelope(number, lane));

    /// <summary>Puts events on the queue in commits of a thousand.</summary>
    /// <param name="first">The first event's number, so that ids differ.</param>
    /// <param name="count">How many.</param>
    /// <param name="envelope">The event of a number.</param>
    public async Task FillAsync(int first, int count, Func<int, EventEnvelope> envelope)
    {
        for (int done = 0; done < count; done += 1_000)
        {
            EventEnvelope[] chunk = [.. Enumerable.Range(first + done, Math.Min(1_000, count - done)).Select(envelope)];
            if (await Queue.EnqueueAsync(chunk, CancellationToken.None) is not EnqueueResult.Enqueued)
            {
                throw new InvalidOperationException("The queue did not take the events.");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private sealed class FixedRate(double requestsPerSecond) : IRateShare
    {
        public double? RequestsPerSecond => requestsPerSecond;

        public void Ask()
        {
            // It is always there.
        }

        public void StillWaiting(int requests)
        {
            // As above.
        }
    }
}
