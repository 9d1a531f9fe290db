using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace CustomerIoDestination.Fuzz;

/// <summary>What many inputs came to.</summary>
/// <param name="Name">Which reader.</param>
/// <param name="Inputs">How many inputs.</param>
/// <param name="Ends">How many of them ended how.</param>
/// <param name="Violations">The first inputs that did not end as they may, by number, with the reason.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Slowest">The longest any one took.</param>
/// <param name="PeakBytes">The most memory the process had, bytes.</param>
internal sealed record FuzzReport(string Name, long Inputs, IReadOnlyDictionary<string, long> Ends, IReadOnlyList<string> Violations, TimeSpan Took, TimeSpan Slowest, long PeakBytes)
{
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Name}: {Inputs:N0} inputs in {Took.TotalSeconds:N1} s, the slowest {Slowest.TotalMilliseconds:N1} ms, peak memory {PeakBytes / 1024 / 1024:N0} MiB");
        text.AppendLine().Append("  ").AppendJoin(", ", Ends.OrderBy(end => end.Key, StringComparer.Ordinal).Select(end => string.Create(CultureInfo.InvariantCulture, $"{end.Value:N0} {end.Key}")));
        foreach (string violation in Violations)
        {
            text.AppendLine().Append("  VIOLATION ").Append(violation);
        }

        return text.ToString();
    }
}

/// <summary>Throws inputs at one reader. The n-th input of a seed is always the same one, whatever ran before it.</summary>
internal abstract class Fuzzer
{
    private const int MostViolations = 20;

    private readonly ConcurrentDictionary<string, long> _ends = new(StringComparer.Ordinal);

    /// <summary>The reader's name.</summary>
    public abstract string Name { get; }

    /// <summary>Good inputs, to be mutated.</summary>
    protected abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>The input of that number.</summary>
    public byte[] Input(int seed, long number)
    {
        // Not by HashCode, which differs from process to process: an input that was found must be found again.
        var random = new Random(unchecked((0x5EED + (seed * 486_187_739)) ^ (int)(number * 0x9E3779B1)));
        return Mutator.Mutate(Seeds, random);
    }

    /// <summary>Reads the input of that number; answers what is wrong, null when it ended as it may.</summary>
    public async Task<string?> TryAsync(int seed, long number)
    {
        try
        {
            return await ReadAsync(Input(seed, number));
        }
#pragma warning disable CA1031 // That nothing is thrown is what is tested.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return $"{exception.GetType().Name}: {exception.Message} {exception.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
        }
    }

    /// <summary>Reads so many inputs, on all cores.</summary>
    public async Task<FuzzReport> RunAsync(int seed, long count)
    {
        _ends.Clear();
        var violations = new ConcurrentQueue<string>();
        long next = -1;
        long slowest = 0;
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(async () =>
        {
            for (long number = Interlocked.Increment(ref next); number < count && violations.Count < MostViolations; number = Interlocked.Increment(ref next))
            {
                long began = Stopwatch.GetTimestamp();
                if (await TryAsync(seed, number) is { } violation)
                {
                    violations.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{number}: {violation}"));
                }

                long took = Stopwatch.GetTimestamp() - began;
                for (long seen = Volatile.Read(ref slowest); took > seen; seen = Volatile.Read(ref slowest))
                {
                    Interlocked.CompareExchange(ref slowest, took, seen);
                }
            }
        })));
        using var process = Process.GetCurrentProcess();
        return new FuzzReport(
            Name, Math.Min(next + 1, count), new Dictionary<string, long>(_ends), [.. violations], Stopwatch.GetElapsedTime(started), Stopwatch.GetElapsedTime(0, slowest), process.PeakWorkingSet64);
    }

    /// <summary>Reads an input; answers what is wrong, null when it ended as it may.</summary>
    protected abstract Task<string?> ReadAsync(byte[] input);

    /// <summary>Counts an end.</summary>
    protected void Ended(string end) => _ends.AddOrUpdate(end, 1, static (_, count) => count + 1);
}
