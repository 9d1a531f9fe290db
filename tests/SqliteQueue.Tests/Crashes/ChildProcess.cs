using System.Diagnostics;
using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.SqliteQueue.Tests.Crashes;

/// <summary>This assembly run as a program: a process that works on a queue file until it is killed.</summary>
internal static class ChildProcess
{
    /// <summary>So little that message ids go to their index all the time.</summary>
    private const int SeenMemory = 1;

    /// <summary>Starts it. It prints one line for everything that was acknowledged to it.</summary>
    /// <param name="role">What it does.</param>
    /// <param name="path">The queue's file.</param>
    /// <param name="withoutFileLocks">Whether the runtime's own file locking is switched off in it.</param>
    public static Process Start(string role, string path, bool withoutFileLocks = false)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["DOTNET_SYSTEM_IO_DISABLEFILELOCKING"] = withoutFileLocks ? "1" : "0";
        start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        start.ArgumentList.Add(role);
        start.ArgumentList.Add(path);
        return Process.Start(start)!;
    }

    /// <summary>The program. Roles: <c>hold</c> opens the file; <c>enqueue</c> puts events on the queue; <c>deliver</c> does that and completes them.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await WorkAsync(args);
        }
        catch (QueueFileException e)
        {
            Print("refused " + e.Error);
            return 1;
        }
    }

    private static async Task<int> WorkAsync(string[] args)
    {
        await using QueueFile file = QueueFile.Open(
            new QueueSettings { Path = args[1], SeenMemory = SeenMemory }, new DeadLetterSettings(), new SteadyClock(TimeProvider.System), TimeProvider.System, NullLogger<QueueFile>.Instance);
        Print("opened");
        await Task.WhenAll(args[0] switch
        {
            "enqueue" => [.. Enumerable.Range(0, 8).Select(worker => EnqueueAsync(file, worker))],
            "deliver" => [EnqueueAsync(file, 0), DeliverAsync(file), DeliverAsync(file)],
            _ => [Task.Delay(Timeout.Infinite)],
        });
        return 0;
    }

    private static async Task EnqueueAsync(QueueFile file, int worker)
    {
        var queue = new SqliteEventQueue(file);
        for (int number = 0; ; number++)
        {
            EventEnvelope envelope = Some.Envelope(new Partition(Lane.Live, number % 4), (worker * 1_000_000L) + number);
            if (await queue.EnqueueAsync([envelope], CancellationToken.None) is EnqueueResult.Enqueued)
            {
                Print("enqueued " + envelope.EventId);
            }
        }
    }

    private static async Task DeliverAsync(QueueFile file)
    {
        var receiver = new SqliteEventReceiver(file);
        while (true)
        {
            await using IPartitionLease lease = await receiver.ReceiveAsync(Lane.Live, 10, CancellationToken.None);
            foreach (ReceivedEvent received in lease.Events)
            {
                await lease.SettleAsync(received, Some.Attempt(received, Settlement.Complete.Delivered));
                Print(string.Create(CultureInfo.InvariantCulture, $"completed {received.Envelope.EventId}"));
            }
        }
    }

    private static void Print(string line)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
