using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.AzureServices.Tests.Support;
using ServiceBusDouble;
using TrackApiSandbox;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

/// <summary>The Functions app's own functions and wiring, with a stand-in for the Functions host, for the broker, and the emulator of storage.</summary>
public sealed class FunctionsAppUnderTest : StartableHost
{
    // One for each host that is started.
    private const int Queues = 4;

    private readonly BrokerDouble _broker = BrokerDouble.Start(Enumerable.Range(0, Queues).Select(number => QueueDefinition.AsInAzure(NameOf(number))));

    private SandboxServer? _sandbox;
    private int _given;

    public override Uri SandboxAddress => _sandbox!.BaseAddress;

    public override bool PassesSayHowFarTheyGot => true;

    public override async Task InitializeAsync()
    {
        // What is skipped has a fixture all the same.
        if (new RunsWithAzuriteAttribute().WhyNot is null)
        {
            _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
            await base.InitializeAsync();
        }
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _broker.DisposeAsync();
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }
    }

    protected override async Task<IReadOnlyDictionary<string, string>> PlacesAsync()
    {
        string storage = await Azurite.NewAccountAsync();
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ServiceBus"] = _broker.ConnectionString,
            ["ServiceBusQueueName"] = NameOf(_given++),
            ["DeliveryLog"] = storage,
            ["RateShare"] = storage,
        };
    }

    protected override async Task<IRunningHost> StartHostAsync(IReadOnlyDictionary<string, string> settings) => await RunningFunctions.StartAsync(settings);

    private static string NameOf(int number) => $"freshpaint-events-{number}";
}
