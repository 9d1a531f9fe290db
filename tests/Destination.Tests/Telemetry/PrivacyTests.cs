using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Telemetry;

/// <summary>Marked values go through everything the delivering side does, over a real connection; then all it told anybody is searched for them.</summary>
public sealed class PrivacyTests
{
    private const string Marked =
        """{"type":"track","event":"Marked Name","userId":"marked-user@example.com","anonymousId":"marked-device","properties":{"diagnosis":"marked-value"}}""";

    [Theory]
    [InlineData(DeliveryMode.Single, 200, "{}")]
    [InlineData(DeliveryMode.Single, 400, """{"meta":{"error":"marked-user@example.com has marked-value"}}""")]
    [InlineData(DeliveryMode.Single, 400, """{"meta":{"error":"value for attribute 'marked-user@example.com' cannot be longer than 1000 bytes"}}""")]
    [InlineData(DeliveryMode.Single, 404, "marked-value")]
    [InlineData(DeliveryMode.Single, 503, "marked-value")]
    [InlineData(DeliveryMode.Single, 0, "")]
    [InlineData(DeliveryMode.Batch, 207, """{"errors":[{"batch_index":0,"reason":"marked-value","field":"marked-user@example.com","message":"marked-value"}]}""")]
    [InlineData(DeliveryMode.Batch, 413, "marked-value")]
    public async Task No_log_span_metric_or_description_holds_an_identifier_a_value_or_the_key(DeliveryMode mode, int status, string body)
    {
        using Telltale telltale = new();
        await using Server server = new(status, body);
        await using DeliveryRig rig = new(
            new DeliverySettings { RequestsPerSecond = 1000, Mode = mode, HoldBudget = TimeSpan.FromSeconds(5) },
            DeliveryRig.Sandbox with { TrackApiUrl = server.Url });
        rig.Api.Always(server.ForwardAsync);

        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(Some.Event(EventKind.Track, Marked), default);
        DeliveryAttempt attempt = await rig.RunAsync(delivery, stepMs: 50);

        telltale.Said.AddRange(rig.Logs.GetSnapshot(clear: false).Select(record =>
            $"{record.Message} {record.Exception} {string.Join(' ', record.StructuredState ?? [])}"));
        telltale.Said.Add(attempt.ToString());
        telltale.Said.Count.ShouldBeGreaterThan(3);
        telltale.Said.ShouldAllBe(text => !text.Contains("marked", StringComparison.OrdinalIgnoreCase));
        telltale.Spans.ShouldContain(name => name.StartsWith("deliver track", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_handler_of_the_wire_makes_no_span_of_its_own_which_would_hold_the_url()
    {
        using Telltale telltale = new();
        await using Server server = new(200, "{}");
        using HttpMessageHandler handler = TrackApiWire.CreateSocketsHandler();
        using HttpMessageInvoker invoker = new(handler);
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri(server.Url, "/api/v1/customers/marked"));

        using HttpResponseMessage response = await invoker.SendAsync(request, default);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        telltale.Activities.ShouldNotContain(activity => activity.Source.Name == "System.Net.Http");
        telltale.Said.ShouldAllBe(text => !text.Contains("marked", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_trace_of_the_request_goes_on_and_calls_carry_the_template()
    {
        using Telltale telltale = new();
        await using DeliveryRig rig = new();
        rig.Api.Reply(200);

        await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(), default));

        Activity delivery = telltale.Activities.Single(activity => activity.OperationName == "deliver track");
        Activity call = telltale.Activities.Single(activity => activity.ParentSpanId == delivery.SpanId);
        delivery.ParentId.ShouldBe(Some.Track().Envelope.TraceParent);
        call.DisplayName.ShouldBe("POST /api/v1/customers/{identifier}/events");
        call.GetTagItem("url.template").ShouldBe("/api/v1/customers/{identifier}/events");
        call.GetTagItem("http.response.status_code").ShouldBe(200);
    }

    /// <summary>Listens to every span and metric of the process while it lives; keeps those of this test only.</summary>
    private sealed class Telltale : IDisposable
    {
        private readonly ActivityListener _spans;
        private readonly MeterListener _metrics = new();
        private readonly AsyncLocal<bool> _mine = new() { Value = true };

        public Telltale()
        {
            _spans = new ActivityListener
            {
                ShouldListenTo = _ => true,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => Keep(() =>
                {
                    Activities.Add(activity);
                    Spans.Add($"{activity.DisplayName} {activity.Source.Name}");
                    Said.Add($"{activity.DisplayName} {activity.StatusDescription} {string.Join(' ', activity.TagObjects)} {string.Join(' ', activity.Baggage)}");
                }),
            };
            ActivitySource.AddActivityListener(_spans);
            _metrics.InstrumentPublished = (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            _metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measured(instrument, value, tags));
            _metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Measured(instrument, value, tags));
            _metrics.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Measured(instrument, value, tags));
            _metrics.Start();
        }

        public List<string> Said { get; } = [];

        public List<string> Spans { get; } = [];

        public List<Activity> Activities { get; } = [];

        public void Dispose()
        {
            _spans.Dispose();
            _metrics.Dispose();
        }

        private void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            string text = string.Create(CultureInfo.InvariantCulture, $"{instrument.Name} {value} {string.Join(' ', tags.ToArray())}");
            Keep(() => Said.Add(text));
        }

        private void Keep(Action keep)
        {
            if (_mine.Value)
            {
                lock (Said)
                {
                    keep();
                }
            }
        }
    }

    /// <summary>A bare HTTP server on the loopback; status 0 cuts the connection.</summary>
    private sealed class Server : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly HttpClient _forward = new(TrackApiWire.CreateSocketsHandler());
        private readonly Task _serving;

        public Server(int status, string body)
        {
            _listener.Start();
            Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
            _serving = ServeAsync(status, body);
        }

        public Uri Url { get; }

        /// <summary>Sends a stubbed call on over the real handler of the client.</summary>
        public async Task<HttpResponseMessage> ForwardAsync(SentCall call, CancellationToken cancellationToken)
        {
            using HttpRequestMessage request = new(new HttpMethod(call.Method), call.Url);
            if (call.Body.Length > 0)
            {
                request.Content = new StringContent(call.Body);
            }

            return await _forward.SendAsync(request, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            _forward.Dispose();
            await _serving;
        }

        private async Task ServeAsync(int status, string body)
        {
            byte[] answer = Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
            while (true)
            {
                try
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync();
                    await using NetworkStream stream = client.GetStream();
                    byte[] buffer = new byte[64 * 1024];
                    _ = await stream.ReadAsync(buffer);
                    if (status > 0)
                    {
                        await stream.WriteAsync(answer);
                    }
                }
                catch (Exception exception) when (exception is SocketException or InvalidOperationException)
                {
                    return;
                }
                catch (IOException)
                {
                    // The client cut it.
                }
            }
        }
    }
}
