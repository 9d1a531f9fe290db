using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using CustomerIoDestination.Model;
using ServiceBusDouble;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// Delivery with the queue on Service Bus, against a stand-in for the broker in a process of its own: as fast as it goes, with 20 ms of latency for each
/// call to Customer.io, and with 20 ms of latency for each call to the broker.
/// </summary>
internal static class ServiceBusLoad
{
    /// <summary>The argument with which the broker's process is started.</summary>
    public const string Broker = "broker";

    private const string QueueName = "freshpaint-events";
    private const int LatencyMs = 20;
    private const int Events = 40_000;

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        await MeasureAsync(report, size, folder, "no latency", customerIoMs: 0, brokerMs: 0);
        await MeasureAsync(report, size, folder, "20 ms a call to Customer.io", LatencyMs, brokerMs: 0);
        await MeasureAsync(report, size, folder, "20 ms a call to the broker", customerIoMs: 0, LatencyMs);
    }

    /// <summary>The broker's process: serves until its standard input ends; prints its port first.</summary>
    public static async Task<int> ServeAsync()
    {
        await using BrokerDouble broker = BrokerDouble.Start(QueueDefinition.AsInAzure(QueueName));
        Console.WriteLine(broker.Port);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task MeasureAsync(Report report, LoadSize size, string folder, string name, int customerIoMs, int brokerMs)
    {
        string log = Path.Combine(folder, $"{customerIoMs}-{brokerMs}.db");
        using SinkProcess sink = await SinkProcess.StartAsync(customerIoMs);
        using Process broker = StartBroker();
        int port = int.Parse((await broker.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        await using (DestinationProcess filler = await DestinationProcess.StartOnServiceBusAsync(ConnectionString(port), QueueName, log, sink: null))
        {
            await filler.FillAsync(0, Events, Lane.Live);
        }

        using SlowLine line = new(port, TimeSpan.FromMilliseconds(brokerMs / 2));
        await using (DestinationProcess process = await DestinationProcess.StartOnServiceBusAsync(ConnectionString(brokerMs == 0 ? port : line.Port), QueueName, log, sink.Address))
        {
            await Task.Delay(size.WarmUp);
            Measured measured = await Measured.OverAsync(size.Duration, () => process.Counters.Read().Delivered);
            report.Add($"delivery from Service Bus, {name}", measured.PerSecond, "events/s");
            report.Add($"delivery from Service Bus, {name}: processor time", measured.CpuMicroseconds, "µs/event");
        }

        broker.StandardInput.Close();
        await broker.WaitForExitAsync();
    }

    private static Process StartBroker()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add(typeof(ServiceBusLoad).Assembly.Location);
        start.ArgumentList.Add(Broker);
        return Process.Start(start)!;
    }

    private static string ConnectionString(int port) =>
        FormattableString.Invariant($"Endpoint=sb://localhost:{port};SharedAccessKeyName=double;SharedAccessKey=bm90IGEgc2VjcmV0;UseDevelopmentEmulator=true;");

    /// <summary>A way to a port of this machine on which every byte takes a while, in both directions; nothing is reordered and nothing waits for an answer.</summary>
    private sealed class SlowLine : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly int _target;
        private readonly TimeSpan _delay;

        public SlowLine(int target, TimeSpan delay)
        {
            _target = target;
            _delay = delay;
            _listener.Start();
            _ = AcceptAsync();
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    TcpClient near = await _listener.AcceptTcpClientAsync();
                    TcpClient far = new();
                    await far.ConnectAsync(IPAddress.Loopback, _target);
                    near.NoDelay = far.NoDelay = true;
                    _ = Task.WhenAny(CarryAsync(near, far), CarryAsync(far, near)).ContinueWith(
                        _ =>
                        {
                            near.Dispose();
                            far.Dispose();
                        },
                        TaskScheduler.Default);
                }
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // The measurement is over.
            }
        }

        private async Task CarryAsync(TcpClient from, TcpClient to)
        {
            Channel<(long SentAt, byte[] Bytes)> under = Channel.CreateUnbounded<(long, byte[])>();
            Task writing = WriteAsync(under.Reader, to.GetStream());
            byte[] buffer = new byte[65_536];
            try
            {
                while (await from.GetStream().ReadAsync(buffer) is > 0 and int read)
                {
                    under.Writer.TryWrite((Stopwatch.GetTimestamp(), buffer[..read]));
                }
            }
            catch (Exception ended) when (ended is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // One of the two ends is gone.
            }

            under.Writer.Complete();
            await writing;
        }

        private async Task WriteAsync(ChannelReader<(long SentAt, byte[] Bytes)> chunks, NetworkStream to)
        {
            try
            {
                await foreach ((long sentAt, byte[] bytes) in chunks.ReadAllAsync())
                {
                    TimeSpan left = _delay - Stopwatch.GetElapsedTime(sentAt);
                    if (left > TimeSpan.Zero)
                    {
                        await Task.Delay(left);
                    }

                    await to.WriteAsync(bytes);
                }
            }
            catch (Exception ended) when (ended is IOException or ObjectDisposedException)
            {
                // As above.
            }
        }
    }
}
