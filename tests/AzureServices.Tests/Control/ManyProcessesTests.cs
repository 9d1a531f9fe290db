using CustomerIoDestination.AzureServices.Control;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Time.Testing;
using TrackApiSandbox;
using TrackApiSandbox.Faults;

namespace CustomerIoDestination.AzureServices.Tests.Control;

/// <summary>What processes know of each other, over one table.</summary>
public sealed class ManyProcessesTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new(Some.Now);
    private SandboxServer _customerIo = null!;
    private OneProcess _a = null!;
    private OneProcess _b = null!;

    public async Task InitializeAsync()
    {
        _customerIo = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        string account = await Azurite.NewAccountAsync();
        _a = OneProcess.Start(account, seed: 1, _customerIo, _time);
        _b = OneProcess.Start(account, seed: 2, _customerIo, _time);
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _customerIo.DisposeAsync();
    }

    [AzuriteFact]
    public async Task A_process_reports_each_fifteen_seconds_and_when_it_stops()
    {
        await _a.Reporter.StartAsync(CancellationToken.None);
        await ReportedAsync(Some.Now);

        await TicksAsync(4);
        (await SeenAsync()).ShouldBe(Some.Now, "twelve seconds later there is nothing new to tell");
        await TicksAsync(1);
        await ReportedAsync(Some.Now.AddSeconds(15));

        _time.Advance(TimeSpan.FromSeconds(1));
        await _a.Reporter.StopAsync(CancellationToken.None);
        (await SeenAsync()).ShouldBe(Some.Now.AddSeconds(16));
    }

    [AzuriteFact]
    public async Task A_pause_is_told_at_once_and_an_operator_ends_it_from_another_process()
    {
        await _a.Reporter.StartAsync(CancellationToken.None);
        await ReportedAsync(Some.Now);
        _customerIo.AddFault(new Fault { Status = 400 });
        using CancellationTokenSource stop = new();
        Task held = await PauseForRejectionsAsync(_a, stop.Token);
        (await _a.Own.GetStatusAsync(CancellationToken.None)).Reason.ShouldBe("everything_rejected");

        await TicksAsync(1);
        await Eventually.BecomesTrueAsync(async () => (await _b.Shared.GetStatusAsync(CancellationToken.None)).State == DestinationState.Paused);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _b.Shared.ResumeAsync(CancellationToken.None);
        await TicksAsync(1);

        await Eventually.BecomesTrueAsync(async () => (await _a.Own.GetStatusAsync(CancellationToken.None)).State == DestinationState.Delivering);
        await Eventually.BecomesTrueAsync(async () => (await _b.Shared.GetStatusAsync(CancellationToken.None)).State == DestinationState.Delivering);
        await _a.Reporter.StopAsync(CancellationToken.None);
        await stop.CancelAsync();
        await held;
    }

    [AzuriteFact]
    public async Task Other_processes_know_what_one_holds_while_its_report_is_fresh()
    {
        _a.InHand.Add(Lane.Live, 3);
        _a.InHand.Add(Lane.Import, 2);
        _b.InHand.Add(Lane.Live, 1);
        foreach (OneProcess process in new[] { _a, _b })
        {
            await process.Table.ReportAsync(await process.Shared.ReadOwnAsync(CancellationToken.None), CancellationToken.None);
        }

        (await _b.Elsewhere.ReadAsync(CancellationToken.None)).ShouldBe(new InHand(Live: 3, Import: 2));
        (await _a.Elsewhere.ReadAsync(CancellationToken.None)).ShouldBe(new InHand(Live: 1, Import: 0));
        _time.Advance(InstanceReport.Fresh);
        (await _b.Elsewhere.ReadAsync(CancellationToken.None)).ShouldBe(default);
    }

    /// <summary>Answers when the process is paused, with the deliveries that are held.</summary>
    private async Task<Task> PauseForRejectionsAsync(OneProcess process, CancellationToken cancellationToken)
    {
        Task<DeliveryAttempt>[] held =
            [.. Enumerable.Range(0, 50).Select(number => process.Handler.DeliverAsync(new ReceivedEvent(Rejected(number), number, FailureHistory.None), null, cancellationToken))];
        await Eventually.BecomesTrueAsync(async () =>
        {
            // For the rate.
            _time.Advance(TimeSpan.FromMilliseconds(10));
            return (await process.Own.GetStatusAsync(CancellationToken.None)).State == DestinationState.Paused;
        });
        return Task.WhenAll(held);
    }

    private static EventEnvelope Rejected(int number) => Some.Envelope(number, new Partition(Lane.Live, number % 64)) with
    {
        EventId = Ulid.Of(Some.Now, number),
        Body = """{"type":"track","event":"e","userId":"u-1"}"""u8.ToArray(),
    };

    // As the reporter's timer does, and long enough in real time for it to have looked.
    private async Task TicksAsync(int count)
    {
        for (int tick = 0; tick < count; tick++)
        {
            _time.Advance(TimeSpan.FromSeconds(3));
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    private Task ReportedAsync(DateTimeOffset at) => Eventually.BecomesTrueAsync(async () => await SeenAsync() == at);

    private async Task<DateTimeOffset?> SeenAsync() => (await _b.Table.ReadReportsAsync(CancellationToken.None)).SingleOrDefault()?.SeenAt;
}
