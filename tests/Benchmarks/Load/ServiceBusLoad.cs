using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using ServiceBusDouble;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// Delivery with the queue on Service Bus, against a stand-in for the broker in a process of its own: as fast as it goes, with 20 ms of latency for each call to
/// Customer.io, and with 5 and 20 ms for each call to the broker. Beside it the SDK's own session processor, with the same options and a handler that only completes.
/// What both can do is what the stand-in can do.
/// </summary>
internal static class ServiceBusLoad
{
    /// <summary>The argument with which the broker's process is started.</summary>
    public const string Broker = "broker";

    private const string QueueName = "freshpaint-events";
    private const int Events = 100_000;

    private static readonly Case[] Cases =
    [
        new("no latency", 0, 0),
        new("20 ms a call to Customer.io", 20, 0),
        new("5 ms a call to the broker", 0, 5),
        new("20 ms a call to the broker", 0, 20),
    ];

    public static async Task RunAsync(Report report, LoadSize size, string folder)
    {
        foreach (Case one in Cases)
        {
            List<double> bare = [];
            List<Measured> product = [];
            for (int round = 0; round < size.Rounds; round++)
            {
                (double completed, Measured delivered) = await MeasureAsync(one, size, folder);
                bare.Add(completed);
                product.Add(delivered);
            }

            string what = $"delivery v1 from Service Bus (a stand-in for the broker), {one.Name}";
            report.AddSpread(what, product.Select(measured => measured.PerSecond), "events/s");
            report.AddSpread($"{what}: share of the SDK's processor that only completes", product.Zip(bare, (measured, completed) => measured.PerSecond / completed), "ratio");
            report.AddSpread($"{what}: processor time", product.Select(measured => measured.CpuMicroseconds), "µs/event");
        }
    }

    /// <summary>The broker's process: serves until its standard input ends; prints its port first.</summary>
    public static async Task<int> ServeAsync()
    {
        await using BrokerDouble broker = BrokerDouble.Start(QueueDefinition.AsInAzure(QueueName));
        Console.WriteLine(broker.Port);
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task<(double Completed, Measured Delivered)> MeasureAsync(Case one, LoadSize size, string folder)
    {
        using Process broker = StartBroker();
        int port = int.Parse((await broker.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await using (DestinationProcess filler = await DestinationProcess.StartOnServiceBusAsync(ConnectionString(port), QueueName, LogIn(folder), sink: null))
        {
            await filler.FillAsync(0, Events, Lane.Live);
        }

        using SlowLine line = new(port, TimeSpan.FromMilliseconds(one.BrokerMs / 2.0));
        int reached = one.BrokerMs == 0 ? port : line.Port;
        (Measured bare, long completed) = await CompleteOnlyAsync(reached, size);
        (Measured product, long delivered) = await DeliverAsync(reached, one, size, folder);
        broker.StandardInput.Close();
        await broker.WaitForExitAsync();
        return completed + delivered < Events
            ? (bare.PerSecond, product)
            : throw new InvalidOperationException($"The queue's {Events} events were gone before the time was over.");
    }

    private static async Task<(Measured Measured, long Delivered)> DeliverAsync(int port, Case one, LoadSize size, string folder)
    {
        using SinkProcess sink = await SinkProcess.StartAsync(one.CustomerIoMs);
        await using DestinationProcess process = await DestinationProcess.StartOnServiceBusAsync(ConnectionString(port), QueueName, LogIn(folder), sink.Address);
        return (await OverTimeAsync(size, () => process.Counters.Read().Delivered), process.Counters.Read().Delivered);
    }

    private static async Task<(Measured Measured, long Completed)> CompleteOnlyAsync(int port, LoadSize size)
    {
        await using var client = new ServiceBusClient(ConnectionString(port));
        var settings = new DeliverySettings();
        ServiceBusSessionProcessorOptions options = new() { AutoCompleteMessages = false, MaxConcurrentSessions = settings.LivePartitions + settings.ImportPartitions };
        await using ServiceBusSessionProcessor processor = client.CreateSessionProcessor(QueueName, options);
        long completed = 0;
        processor.ProcessMessageAsync += async message =>
        {
            await message.CompleteMessageAsync(message.Message);
            Interlocked.Increment(ref completed);
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        await processor.StartProcessingAsync();
        Measured measured = await OverTimeAsync(size, () => Interlocked.Read(ref completed));
        await processor.StopProcessingAsync();
        return (measured, Interlocked.Read(ref completed));
    }

    private static async Task<Measured> OverTimeAsync(LoadSize size, Func<long> counter)
    {
        while (counter() == 0)
        {
            await Task.Delay(1);
        }

        await Task.Delay(size.WarmUp);
        return await Measured.OverAsync(size.Duration, counter);
    }

    private static string LogIn(string folder) => Path.Combine(folder, $"{Guid.NewGuid():N}.db");

    private static Process StartBroker()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add(typeof(ServiceBusLoad).Assembly.Location);
        start.ArgumentList.Add(Broker);
        return Process.Start(start)!;
    }

    private static string ConnectionString(int port) =>
        FormattableString.Invariant($"Endpoint=sb://localhost:{port};SharedAccessKeyName=double;SharedAccessKey=bm90IGEgc2VjcmV0;UseDevelopmentEmulator=true;");

    private sealed record Case(string Name, int CustomerIoMs, int BrokerMs);

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
