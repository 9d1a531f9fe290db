using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using ServiceBusDouble;

namespace CustomerIoDestination.LocalHost.Tests.Privacy;

/// <summary>Marked values go through everything there is; then every output is searched for them.</summary>
public sealed class MarkedValuesTests
{
    private const string Mark = "M4RK3D";
    private const string QueueName = "freshpaint-events";

    private const string Rules = """
        {
          "aliases": true,
          "devices": true,
          "objects": { "delete": ["Account Closed"] },
          "lifecycle": { "delete": ["User Deleted"], "suppress": ["User Erased"], "unsuppress": ["User Restored"] }
        }
        """;

    private static readonly string[] Bodies =
    [
        """{"type":"identify","userId":"M4RK3D-user","anonymousId":"M4RK3D-device","traits":{"email":"M4RK3D@example.com","note":"M4RK3D","created_at":"M4RK3D","unsubscribed":"M4RK3D"}}""",
        """{"type":"track","event":"Visited","userId":"M4RK3D-user","properties":{"diagnosis":"M4RK3D","recipient":"M4RK3D@example.com"}}""",
        """{"type":"track","event":"Visited","anonymousId":"M4RK3D-device","timestamp":"M4RK3D"}""",
        """{"type":"page","userId":"M4RK3D-user","context":{"page":{"url":"https://example.com/M4RK3D?token=M4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3D"}}}""",
        """{"type":"track","event":"M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D M4RK3D","userId":"M4RK3D"}""",
        """{"type":"identify","userId":{"x":"M4RK3D"},"traits":{"a":"M4RK3D"}}""",
        """{"type":"track","event":{"M4RK3D":1}}""",
        """{"type":"M4RK3D","userId":"M4RK3D"}""",
        """{"type":"group","userId":"M4RK3D-user","groupId":"M4RK3D-group","traits":{"name":"M4RK3D","objectTypeId":"M4RK3D","relationshipAttributes":{"role":"M4RK3D"}}}""",
        """{"type":"group","userId":"M4RK3D-user","groupId":"M4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3DM4RK3D","traits":{"action":"delete"}}""",
        """{"type":"alias","userId":"M4RK3D-user","previousId":"M4RK3D@example.com"}""",
        """{"type":"identify","userId":"M4RK3D-user","traits":{"objectId":["M4RK3D"],"cio_subscription_preferences.topics.topic_1":"M4RK3D"}}""",
        """{"type":"track","event":"Application Opened","userId":"M4RK3D-user","context":{"device":{"token":"M4RK3D","type":"M4RK3D"}}}""",
        """{"type":"track","event":"Application Uninstalled","userId":"M4RK3D-user","context":{"device":{"token":"M4RK3D"}}}""",
        """{"type":"track","event":"Account Closed","userId":"M4RK3D-user","properties":{"objectId":"M4RK3D"}}""",
        """{"type":"track","event":"User Restored","userId":"M4RK3D-user"}""",
        """{"type":"track","event":"User Erased","userId":"M4RK3D-user"}""",
        """{"type":"track","event":"User Deleted","anonymousId":"M4RK3D-device"}""",
        """{"broken":"M4RK3D""",
        """{"event":"Paid","properties":{"distinct_id":"M4RK3D@example.com","token":"M4RK3D","$ip":"M4RK3D","time":1}}""",
    ];

    [Fact]
    public async Task No_identifier_or_value_is_in_any_log_span_metric_error_or_description()
    {
        var told = new ConcurrentQueue<string>();
        using ActivityListener spans = ListenToSpans(told);
        using MeterListener metrics = ListenToMetrics(told);
        using var folder = new TemporaryFolder();
        await using Host host = await Host.StartAsync("--Logging:LogLevel:Default=Trace", "--CustomerIo:Region=us", await RulesIn(folder));
        host.App.Sandbox!.AddFault(new TrackApiSandbox.Faults.Fault { Share = 0.3, Status = 400, ForSeconds = 1 });

        foreach (string body in Bodies)
        {
            using HttpResponseMessage response = await host.PostAsync("/api/events", body);
            told.Enqueue(await response.Content.ReadAsStringAsync());
        }

        await Eventually.BecomesTrueAsync(async () => await host.Http.WaitingAsync() == 0, "the queue to run empty");
        foreach (string path in new[] { "/api/status", "/api/deliveries", "/api/dead-letters", $"/api/events/{Mark}", $"/api/dead-letters/{Mark}", $"/api/deliveries?kind={Mark}", $"/{Mark}" })
        {
            using HttpResponseMessage response = await host.Http.GetAsync(path);
            told.Enqueue(await response.Content.ReadAsStringAsync());
        }

        metrics.RecordObservableInstruments();
        told.Count.ShouldBeGreaterThan(30);
        told.Where(text => text.Contains(Mark, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_marked_is_on_the_console_of_a_host_that_logs_everything()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess process = HostProcess.Start(folder.Path, [.. Host.Arguments(folder.Queue), "--Logging:LogLevel:Default=Trace", await RulesIn(folder)]);
        using var http = new HttpClient { BaseAddress = await process.BaseAddressAsync() };
        foreach (string body in Bodies)
        {
            using var content = new StringContent(body, Encoding.UTF8);
            using HttpResponseMessage response = await http.PostAsync("/api/events", content);
        }

        await Eventually.BecomesTrueAsync(async () => await http.WaitingAsync() == 0, "the queue to run empty");
        await process.InterruptAsync();

        process.Output.ShouldContain("delivered", Case.Insensitive);
        process.Output.ShouldNotContain(Mark, Case.Insensitive);
    }

    [Fact]
    public async Task Nothing_marked_lies_on_service_bus_beside_the_events_themselves()
    {
        await using BrokerDouble broker = BrokerDouble.Start(new QueueDefinition(QueueName) { RequiresSession = true, MaxDeliveryCount = 100 });
        QueueDouble queue = broker[QueueName];
        var lies = new HashSet<string>(StringComparer.Ordinal);
        await using (Host host = await Host.StartAsync(
            "--Queue:Kind=ServiceBus", $"--ServiceBus={broker.ConnectionString}", $"--ServiceBusQueueName={QueueName}", "--CustomerIo:Region=us"))
        {
            host.App.Sandbox!.AddFault(new TrackApiSandbox.Faults.Fault { Status = 503, ForSeconds = 2 });
            foreach (string body in Bodies)
            {
                using HttpResponseMessage response = await host.PostAsync("/api/events", body);
                lies.UnionWith(BesideTheEvents(queue));
            }

            host.App.Sandbox!.AddFault(new TrackApiSandbox.Faults.Fault { Share = 0.5, Status = 400 });
        }

        // What was on its way is released when the host stops, with its failures in the session's state.
        lies.UnionWith(BesideTheEvents(queue));
        await using (Host host = await Host.StartAsync(
            "--Queue:Kind=ServiceBus", $"--ServiceBus={broker.ConnectionString}", $"--ServiceBusQueueName={QueueName}", "--CustomerIo:Region=us"))
        {
            host.App.Sandbox!.AddFault(new TrackApiSandbox.Faults.Fault { Status = 400 });
            await Eventually.BecomesTrueAsync(() => Task.FromResult(queue.ActiveCount == 0), "the queue to run empty");
        }

        lies.UnionWith(BesideTheEvents(queue));
        queue.DeadLetterCount.ShouldBeGreaterThan(0);
        lies.ShouldContain(text => text.StartsWith("state ", StringComparison.Ordinal));
        lies.Where(text => text.Contains(Mark, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();
    }

    private static async Task<string> RulesIn(TemporaryFolder folder)
    {
        string file = Path.Combine(folder.Path, "destination.json");
        await File.WriteAllTextAsync(file, Rules);
        return $"--Rules:Path={file}";
    }

    private static IEnumerable<string> BesideTheEvents(QueueDouble queue) =>
    [
        .. queue.Messages.Concat(queue.DeadLetters).SelectMany(message => message.ApplicationProperties.Select(property => $"{property.Key}={property.Value}").Concat([$"{message.MessageId} {message.SessionId}"])),
        .. queue.Messages.Select(message => queue.SessionState(message.SessionId!)).OfType<ReadOnlyMemory<byte>>().Select(state => $"state {Encoding.UTF8.GetString(state.Span)}"),
    ];

    private static ActivityListener ListenToSpans(ConcurrentQueue<string> told)
    {
        var listener = new ActivityListener
        {
            // The test's own client makes spans too; only the product's are of interest.
            ShouldListenTo = source => source.Name != "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => told.Enqueue(
                $"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)} "
                + string.Join(' ', activity.Events.Select(e => $"{e.Name} {string.Join(' ', e.Tags)}"))),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener ListenToMetrics(ConcurrentQueue<string> told)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument),
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => told.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => told.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => told.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        listener.Start();
        return listener;
    }
}
