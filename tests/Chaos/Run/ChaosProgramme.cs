using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.Chaos.Checks;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.TestRig.Processes;
using CustomerIoDestination.TestRig.Traffic;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>
/// Sends traffic through the host, in a process of its own, to the sandbox, in another, while everything fails that can; then holds what
/// arrived against what was sent.
/// </summary>
internal sealed class ChaosProgramme : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly ChaosOptions _options;
    private readonly Action<string> _say;
    private readonly TemporaryFolder _folder;
    private readonly SandboxProcess _sandbox;
    private readonly IChaosQueueRun _queue;
    private readonly HostAddress _address = new();
    private readonly TrafficSender _sender;
    private readonly HalfBodies _halfBodies;
    private readonly HostLives _lives;
    private readonly OrderCheck _order;
    private readonly DeadLetterCheck _deadLetters;
    private int _released;

    private ChaosProgramme(ChaosOptions options, Action<string> say, TemporaryFolder folder, SandboxProcess sandbox, IChaosQueueRun queue)
    {
        _options = options;
        _say = say;
        _folder = folder;
        _sandbox = sandbox;
        _queue = queue;
        _sender = new TrafficSender(options, _address);
        _halfBodies = new HalfBodies(_address);
        _lives = new HostLives(options, folder.Path, queue, sandbox, _address);
        _order = new OrderCheck(options.Traffic);
        _deadLetters = new DeadLetterCheck(options.Traffic);
    }

    /// <summary>Runs it.</summary>
    /// <param name="options">How much chaos.</param>
    /// <param name="say">Told how it goes, a line at a time.</param>
    public static async Task<ChaosReport> RunAsync(ChaosOptions options, Action<string> say)
    {
        var folder = new TemporaryFolder();
        SandboxProcess sandbox = await SandboxProcess.StartAsync(folder.Path, options.Seed);
        IChaosQueueRun queue = options.Queue == ChaosQueue.Sqlite ? new SqliteQueueRun(folder.Queue) : await ServiceBusQueueRun.StartAsync(folder.Path);
        await using var programme = new ChaosProgramme(options, say, folder, sandbox, queue);
        return await programme.RunAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _sender.Dispose();
        await _queue.DisposeAsync();
        await _sandbox.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<ChaosReport> RunAsync()
    {
        IReadOnlyList<Life> plan = ChaosPlan.Of(_options);
        using var end = new CancellationTokenSource();
        Task sending = _sender.RunAsync(end.Token);
        Task besides = Task.WhenAll(_halfBodies.RunAsync(end.Token), WatchOrderAsync(end.Token));
        var violations = new List<string>();
        try
        {
            foreach (Life life in plan.SkipLast(1))
            {
                Say(life);
                await _lives.LiveAndDieAsync(life, _sender, end.Token);
            }

            Say(plan[^1]);
            await using ChildProcess last = await _lives.BeginLastAsync(plan[^1]);
            await sending;
            Say("all events are accepted");
            violations.AddRange(await FinishAsync());
            await last.InterruptAsync();
        }
        catch (Exception failure) when (failure is InvalidOperationException or TimeoutException or HttpRequestException)
        {
            violations.Add(failure.Message);
        }

        await end.CancelAsync();
        await besides;
        return await ReportAsync(violations);
    }

    private void Say(Life life) => Say(
        $"{_sender.Accepted} events accepted; the host starts in {(life.BatchMode ? "batch" : "single")} mode with {string.Join(", ", life.Troubles)}");

    private void Say(string what) => _say(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_start).TotalSeconds,6:F1} s  {what}"));

    private async Task<IReadOnlyList<string>> FinishAsync()
    {
        using var http = new HttpClient { BaseAddress = _address.Current };
        TimeSpan limit = TimeSpan.FromSeconds(120 + (_options.Events / (_options.RequestsPerSecond / 4.0)));
        await Eventually.BecomesTrueAsync(async () => await http.WaitingAsync() == 0, "the queue to run empty", limit);
        Say("the queue is empty");
        await DeadLetterPages.ReadAsync(http, _deadLetters);
        JsonNode released = JsonNode.Parse(await http.GetStringAsync("api/deliveries?outcome=released&limit=500"))!;
        _released = released["items"]!.AsArray().Count;
        _deadLetters.Finish(_options.Devices);
        IReadOnlyList<string> differences = new StateComparison(_options.Devices, _options.Traffic, _deadLetters.Holds).Compare(await _sandbox.StateAsync());
        return [.. differences, .. _deadLetters.Violations];
    }

    private async Task WatchOrderAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await ReadCallsAsync(all: false);
            await Task.Delay(LookEvery, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await ReadCallsAsync(all: true);
    }

    private async Task ReadCallsAsync(bool all)
    {
        long before;
        do
        {
            before = _order.LastSequence;
            _order.Read(await _sandbox.RequestsAsync(before), all);
        }
        while (_order.LastSequence > before);
    }

    private async Task<ChaosReport> ReportAsync(List<string> violations)
    {
        SandboxStats stats = await _sandbox.StatsAsync();
        return new ChaosReport(
            [
                ("events accepted", _sender.Accepted),
                ("requests the host could not take (503)", _sender.Refused),
                ("requests without an answer", _sender.Broken),
                ("half-sent requests", _halfBodies.Sent),
                ("kill -9", _lives.Kills),
                ("starts a full disk refused", _lives.RefusedStarts),
                ("calls Customer.io received", stats.Requests),
                .. stats.ByStatus.OrderBy(status => status.Key, StringComparer.Ordinal).Select(status => ($"  answered {status.Key}", status.Value)),
                ("  without an answer", stats.Unanswered),
                ("most calls in a second", stats.HighestPerSecond),
                ("events and identifies sent again", _order.Repeats),
                .. stats.Dropped.Select(dropped => ($"  without effect: {dropped.Key}", dropped.Value)),
                ("people known", stats.People),
                ("events known", stats.Events),
                ("released after the hold budget (500 are looked at)", _released),
                .. _deadLetters.ByReason.Select(reason => ($"dead letters: {reason.Key}", (long)reason.Value)),
                ("violations", violations.Count + _order.Violations.Count),
            ],
            [.. violations, .. _order.Violations]);
    }
}
