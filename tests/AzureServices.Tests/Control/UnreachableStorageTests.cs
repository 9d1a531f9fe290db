using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.AzureServices.Tests.DeliveryLog;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.Control;

/// <summary>Table storage takes connections and says nothing. Time is moved by hand: nothing here waits for a client's own patience to end.</summary>
public sealed class UnreachableStorageTests : IAsyncDisposable
{
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(60);

    private readonly DeafServer _server = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services;

    public UnreachableStorageTests()
    {
        DestinationSettings settings = new();
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddFakeLogging()
            .AddSingleton(new CustomerIoSettings { SiteId = "site", ApiKey = new Secret("key"), TrackApiUrl = new Uri("http://127.0.0.1:9/") })
            .AddSingleton(settings.Delivery)
            .AddSingleton(new EnvelopeMapper(settings.Mapping, settings.Limits, AzureSettings.OpenRules(settings)))
            .AddTableDeliveryLog(new DeliveryLogSettings { ConnectionString = new Secret(_server.ConnectionString) })
            .AddCustomerIoDelivery()
            .BuildServiceProvider();
    }

    [Fact]
    public async Task The_status_says_what_this_process_knows_and_since_when_that_is_all()
    {
        DateTimeOffset start = _time.GetUtcNow();
        IDestinationControl control = _services.GetRequiredService<IDestinationControl>();

        DeliveryStatus status = await RunOutOfPatienceAsync(control.GetStatusAsync(CancellationToken.None));
        DeliveryStatus later = await RunOutOfPatienceAsync(control.GetStatusAsync(CancellationToken.None));

        (status.State, status.RateLimit).ShouldBe((DestinationState.Delivering, 100));
        status.SharedState.ShouldBe(new SharedStateStatus(Reachable: false, start + TableAccess.Patience));
        later.SharedState.ShouldBe(status.SharedState);
    }

    [Fact]
    public async Task The_log_says_that_it_cannot_be_read()
    {
        IDeliveryLog log = _services.GetRequiredService<IDeliveryLog>();

        await Should.ThrowAsync<UnavailableException>(RunOutOfPatienceAsync(log.ListAsync(new DeliveryLogQuery(10, null, null, null), CancellationToken.None)));
        await Should.ThrowAsync<UnavailableException>(RunOutOfPatienceAsync(log.FindStoryAsync("01", CancellationToken.None)));
    }

    [Fact]
    public void The_log_is_taken_without_waiting()
    {
        IDeliveryLog log = _services.GetRequiredService<IDeliveryLog>();

        for (int number = 0; number < LogBuffer.MaxLines + 10; number++)
        {
            log.RecordAsync([SomeLog.Line(number)], CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task An_operator_is_told_that_no_other_process_heard()
    {
        IDestinationControl control = _services.GetRequiredService<IDestinationControl>();

        await Should.ThrowAsync<UnavailableException>(RunOutOfPatienceAsync(control.ResumeAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task A_process_that_cannot_tell_of_itself_goes_on_and_says_so()
    {
        Reporter reporter = _services.GetServices<IHostedService>().OfType<Reporter>().Single();
        FakeLogCollector log = _services.GetRequiredService<FakeLogCollector>();
        await reporter.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return log.Count > 0;
        });

        reporter.ExecuteTask!.IsCompleted.ShouldBeFalse();
        log.GetSnapshot().ShouldHaveSingleItem().Message.ShouldContain("could not tell of itself (no_answer)");
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _server.Dispose();
    }

    private async Task<T> RunOutOfPatienceAsync<T>(Task<T> task)
    {
        await RunOutOfPatienceAsync((Task)task);
        return await task;
    }

    private async Task RunOutOfPatienceAsync(Task task)
    {
        _time.Advance(TableAccess.Patience);
        await task.WaitAsync(Never);
    }
}
