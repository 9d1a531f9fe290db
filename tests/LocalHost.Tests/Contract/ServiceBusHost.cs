using ServiceBusDouble;

namespace CustomerIoDestination.LocalHost.Tests.Contract;

/// <summary>The local host with its queue on Service Bus.</summary>
public sealed class ServiceBusHost : LocalHostUnderTest
{
    // One for each host that is started.
    private const int Queues = 4;

    private readonly BrokerDouble _broker = BrokerDouble.Start(Enumerable.Range(0, Queues).Select(number => QueueDefinition.AsInAzure(NameOf(number))));

    private int _given;

    public override bool PassesSayHowFarTheyGot => true;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _broker.DisposeAsync();
    }

    protected override Task<IReadOnlyDictionary<string, string>> PlacesAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Queue__Kind"] = "ServiceBus",
            ["ServiceBus"] = _broker.ConnectionString,
            ["ServiceBusQueueName"] = NameOf(_given++),
        });

    private static string NameOf(int number) => $"freshpaint-events-{number}";
}
