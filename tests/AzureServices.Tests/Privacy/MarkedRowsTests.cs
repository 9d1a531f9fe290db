using System.Text;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceBusDouble;
using TrackApiSandbox;
using TrackApiSandbox.Faults;

namespace CustomerIoDestination.AzureServices.Tests.Privacy;

/// <summary>Marked values go through a process as it is wired, over a broker, Azurite and Customer.io; then every row it wrote is searched for them.</summary>
public sealed class MarkedRowsTests : IAsyncLifetime
{
    private const string Mark = "M4RK3D";
    private const string QueueName = "freshpaint-events";

    // Delivered, refused by Customer.io, over a limit, without an identifier, skipped at ingest, refused at ingest.
    private static readonly string[] Bodies =
    [
        """{"type":"identify","userId":"M4RK3D-user","anonymousId":"M4RK3D-device","messageId":"M4RK3D-1","traits":{"email":"M4RK3D@example.com","note":"M4RK3D"}}""",
        """{"type":"track","event":"M4RK3D","userId":"M4RK3D-user","messageId":"M4RK3D-2","properties":{"diagnosis":"M4RK3D"}}""",
        """{"type":"page","userId":"M4RK3D-user","messageId":"M4RK3D-3","context":{"page":{"url":"https://example.com/M4RK3D?token=M4RK3D"}}}""",
        """{"type":"track","event":"Refused","userId":"M4RK3D-refused","messageId":"M4RK3D-4"}""",
        $$$"""{"type":"identify","userId":"M4RK3D-long","messageId":"M4RK3D-5","traits":{"M4RK3D":"{{{string.Concat(Enumerable.Repeat(Mark, 400))}}}"}}""",
        """{"type":"identify","messageId":"M4RK3D-6","traits":{"note":"M4RK3D"}}""",
        """{"type":"alias","userId":"M4RK3D-user","previousId":"M4RK3D-device","messageId":"M4RK3D-7"}""",
        """{"type":"track","event":{"M4RK3D":1}}""",
        """{"type":"M4RK3D","userId":"M4RK3D"}""",
    ];

    private readonly BrokerDouble _broker = BrokerDouble.Start([QueueDefinition.AsInAzure(QueueName)], TimeProvider.System);
    private string _account = null!;
    private SandboxServer _customerIo = null!;
    private ServiceProvider _process = null!;

    public async Task InitializeAsync()
    {
        _account = await Azurite.NewAccountAsync();
        _customerIo = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        _customerIo.AddFault(new Fault { Status = 400, Body = """{"meta":{"error":"M4RK3D is no good"}}""", MatchBody = "Refused" });
        DestinationSettings settings = new()
        {
            CustomerIo = new CustomerIoSettings { SiteId = "site", ApiKey = new Secret("key"), TrackApiUrl = _customerIo.BaseAddress },
            ServiceBus = new ServiceBusSettings { ConnectionString = new Secret(_broker.ConnectionString), QueueName = QueueName },
        };
        _process = new ServiceCollection()
            .AddServiceBusQueue()
            .AddTableDeliveryLog(new DeliveryLogSettings { ConnectionString = new Secret(_account) })
            .AddCustomerIoDestination(settings, AzureSettings.OpenRules(settings))
            .BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        await _customerIo.DisposeAsync();
        await _broker.DisposeAsync();
    }

    [AzuriteFact]
    public async Task No_identifier_and_no_value_of_an_event_is_in_any_row()
    {
        IHostedService[] running = [.. _process.GetServices<IHostedService>()];
        await Task.WhenAll(running.Select(service => service.StartAsync(CancellationToken.None)));
        await IngestAsync();
        await HandleAllAsync();
        await _process.GetRequiredService<IDeadLetterStore>().ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);
        await HandleAllAsync();
        await _process.GetRequiredService<IDeadLetterStore>().DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);
        await Task.WhenAll(running.Select(service => service.StopAsync(CancellationToken.None)));

        IReadOnlyList<string> rows = await RowsAsync();

        string[] told = ["delivered", "deadLettered", "skipped", "rejected_by_customerio", "limit_exceeded", "Replayed", "Discarded", "StartedAt"];
        told.Where(word => !rows.Any(row => row.Contains(word, StringComparison.OrdinalIgnoreCase))).ShouldBeEmpty();
        rows.Where(row => row.Contains(Mark, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    private async Task IngestAsync()
    {
        EventIngester ingester = _process.GetRequiredService<EventIngester>();
        foreach (string body in Bodies)
        {
            (await ingester.IngestAsync(Encoding.UTF8.GetBytes(body), new IngestRequest(null, LifecycleAllowed: false, null), CancellationToken.None))
                .ShouldBeOfType<IngestResult.Ingested>();
        }
    }

    // As the host's trigger does.
    private async Task HandleAllAsync()
    {
        ServiceBusMessageHandler handler = _process.GetRequiredService<ServiceBusMessageHandler>();
        await using ServiceBusClient client = new(_broker.ConnectionString);
        await using ServiceBusSessionProcessor processor = client.CreateSessionProcessor(QueueName, new ServiceBusSessionProcessorOptions
        {
            AutoCompleteMessages = false,
            MaxConcurrentCallsPerSession = 1,
            SessionIdleTimeout = TimeSpan.FromSeconds(1),
        });
        processor.ProcessMessageAsync += args => handler.HandleAsync(args.Message, new ProcessorSettlement(args), args.CancellationToken);
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        await Eventually.BecomesTrueAsync(() => _broker[QueueName].ActiveCount == 0);
        await processor.StopProcessingAsync();
    }

    /// <summary>Every row of every table, keys and columns as text.</summary>
    private async Task<IReadOnlyList<string>> RowsAsync()
    {
        TableServiceClient service = new(_account);
        List<string> rows = [];
        await foreach (TableItem table in service.QueryAsync())
        {
            await foreach (TableEntity row in service.GetTableClient(table.Name).QueryAsync<TableEntity>())
            {
                rows.Add($"{table.Name} {string.Join(' ', row.Select(column => $"{column.Key}={column.Value}"))}");
            }
        }

        return rows;
    }
}
