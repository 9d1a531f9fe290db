using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.Chaos.Plan;
using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>
/// Sends the traffic over several connections, a device always over the same, in requests of all sizes and forms. What was not accepted is
/// sent again until it is: a sender can't know whether a host that was killed had taken it.
/// </summary>
internal sealed class TrafficSender(ChaosOptions options, HostAddress host) : IDisposable
{
    private const int Connections = 8;

    // Its devices are imported; a device's order holds inside a lane.
    private const int ImportConnection = 7;
    private const int DevicesAtATime = 60;
    private const int LargestRequest = 60;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(40) };
    private int _accepted;
    private int _refused;
    private int _broken;

    /// <summary>Events that were accepted; those sent twice count twice.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>Requests the host could not take: 503.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Requests without an answer.</summary>
    public int Broken => Volatile.Read(ref _broken);

    /// <summary>Sends all.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, Connections).Select(number => ConnectionAsync(number, cancellationToken)));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    // About as fast as the host may deliver, so that both go on at every kill.
    private async Task ConnectionAsync(int connection, CancellationToken cancellationToken)
    {
        var random = new Random(unchecked((options.Seed * 101) + connection));
        IEnumerable<int> devices = Enumerable.Range(0, options.Devices).Where(device => device % Connections == connection);
        TimeSpan perEvent = TimeSpan.FromSeconds((double)Connections / options.RequestsPerSecond);
        using IEnumerator<TrafficEvent> stream = new TrafficStream(devices, options.Traffic, DevicesAtATime, random).GetEnumerator();
        while (true)
        {
            List<TrafficEvent> request = [];
            int size = random.Next(1, LargestRequest);
            while (request.Count < size && stream.MoveNext())
            {
                request.Add(stream.Current);
            }

            if (request.Count == 0)
            {
                return;
            }

            long start = Stopwatch.GetTimestamp();
            await SendAsync(request, random.Next(3), zipped: random.Next(4) == 0, import: connection == ImportConnection, cancellationToken);
            TimeSpan left = (perEvent * request.Count) - Stopwatch.GetElapsedTime(start);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, cancellationToken);
        }
    }

    private async Task SendAsync(List<TrafficEvent> events, int form, bool zipped, bool import, CancellationToken cancellationToken)
    {
        byte[] body = Encoding.UTF8.GetBytes(Body(events, form));
        while (!await TrySendAsync(body, zipped, import, events.Count, cancellationToken))
        {
            await Task.Delay(Pause, cancellationToken);
        }

        Interlocked.Add(ref _accepted, events.Count);
    }

    private async Task<bool> TrySendAsync(byte[] body, bool zipped, bool import, int events, CancellationToken cancellationToken)
    {
        if (host.Current is not { } address)
        {
            return false;
        }

        try
        {
            using var content = new ByteArrayContent(zipped ? Zip(body) : body);
            if (zipped)
            {
                content.Headers.ContentEncoding.Add("gzip");
            }

            if (import)
            {
                content.Headers.Add("X-Lane", "import");
            }

            using HttpResponseMessage response = await _http.PostAsync(new Uri(address, "api/events"), content, cancellationToken);
            string answer = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.Accepted when JsonNode.Parse(answer)!["accepted"]!.GetValue<int>() == events => true,
                HttpStatusCode.ServiceUnavailable => Count(ref _refused),
                _ => throw new InvalidOperationException($"The host answered {(int)response.StatusCode} to {events} events: {answer}"),
            };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Count(ref _broken);
        }
    }

    private static bool Count(ref int counter)
    {
        Interlocked.Increment(ref counter);
        return false;
    }

    private static string Body(List<TrafficEvent> events, int form)
    {
        IEnumerable<string> items = events.Select(source => source.Body.ToJsonString());
        return form switch
        {
            0 => $"[{string.Join(',', items)}]",
            1 => $"{{\"batch\":[{string.Join(',', items)}]}}",
            _ => string.Join('\n', items),
        };
    }

    private static byte[] Zip(byte[] body)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
        {
            gzip.Write(body);
        }

        return zipped.ToArray();
    }
}
