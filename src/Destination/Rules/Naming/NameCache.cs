using System.Collections.Concurrent;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Naming;

/// <summary>
/// Keeps what was worked out for an event's name. Bounded: senders choose the names, and past the bound the answer is worked out each time.
/// </summary>
internal sealed class NameCache<T>(Func<Utf8Text, T> workOut)
{
    private const int MaxNames = 1_024;

    private readonly ConcurrentDictionary<Utf8Text, T> _known = new(Utf8NameComparer.Instance);
    private int _count;

    /// <summary>The answer for a name.</summary>
    public T this[Utf8Text name]
    {
        get
        {
            if (_known.TryGetValue(name, out T? known))
            {
                return known;
            }

            T answer = workOut(name);
            if (Volatile.Read(ref _count) < MaxNames && _known.TryAdd(new Utf8Text(name.Bytes.ToArray()), answer))
            {
                Interlocked.Increment(ref _count);
            }

            return answer;
        }
    }
}
