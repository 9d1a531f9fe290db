using System.Text;
using System.Text.Json.Serialization;

namespace TrackApiSandbox.Snapshots;

/// <summary>One Track API call as it was received.</summary>
public sealed class ReceivedRequest
{
    private const int InHand = -1;

    private readonly byte[] _body;
    private int _status;
    private int _applied = InHand;

    internal ReceivedRequest(long sequence, double atMs, string method, string path, byte[] body, bool bodyTruncated)
    {
        Sequence = sequence;
        AtMs = atMs;
        Method = method;
        Path = path;
        _body = body;
        BodyTruncated = bodyTruncated;
    }

    /// <summary>Position in the order of receipt, from 1.</summary>
    public long Sequence { get; }

    /// <summary>Milliseconds between the server's start and the receipt of the whole call, by the monotonic clock.</summary>
    public double AtMs { get; }

    public string Method { get; }

    /// <summary>The request target as on the wire, percent-encoding and query included.</summary>
    public string Path { get; }

    /// <summary>The body as text.</summary>
    public string Body => Encoding.UTF8.GetString(_body);

    /// <summary>Whether only the beginning of the body was kept.</summary>
    public bool BodyTruncated { get; }

    /// <summary>
    /// Whether it was taken, whatever was answered: its change was made, of a batch those of all items but <see cref="RefusedItems"/>. Null while the
    /// call is in hand.
    /// </summary>
    public bool? Applied => Volatile.Read(ref _applied) is not InHand and var applied ? applied == 1 : null;

    /// <summary>The status answered; null while the call is in hand and when it was cut off without a whole answer.</summary>
    public int? Status => Volatile.Read(ref _status) is not 0 and var status ? status : null;

    /// <summary>The <see cref="Sequence"/> of the newest call received when <see cref="Applied"/> was decided: later ones came after it.</summary>
    public long? DecidedAfter { get; private set; }

    /// <summary>The indexes of the items of a batch that were refused by an error of their own; null when none was.</summary>
    public IReadOnlyList<int>? RefusedItems { get; private set; }

    [JsonIgnore]
    internal int BodyBytes => _body.Length;

    // Applied is written last and, by its place above, read first: who finds it decided finds the rest.
    internal void Decide(bool applied, IReadOnlyList<int>? refusedItems, int? status, long newest)
    {
        RefusedItems = refusedItems;
        DecidedAfter = newest;
        Volatile.Write(ref _status, status ?? 0);
        Volatile.Write(ref _applied, applied ? 1 : 0);
    }
}

/// <summary>Answer of <c>GET /sandbox/requests</c>: calls, oldest first, and the value of <c>after</c> that reads on.</summary>
internal sealed record RequestPage(IReadOnlyList<ReceivedRequest> Items, long Next);

/// <summary>Totals since the start or the last reset.</summary>
/// <param name="Requests">Track API calls received, whatever came of them.</param>
/// <param name="ByRoute">The same by method and route template; only those that occurred.</param>
/// <param name="ByStatus">Calls by the status answered; only those that occurred.</param>
/// <param name="Unanswered">Calls without an answer: in hand, or cut off by a fault.</param>
/// <param name="HighestPerSecond">The most calls received in any span of one second (its start excluded), by the monotonic clock.</param>
/// <param name="People">People known now.</param>
/// <param name="Events">Events taken in, those of deleted people among them, repeated ones not.</param>
/// <param name="Dropped">Changes that were answered with 200 and not made, by reason: what Customer.io shows in its activity log only.</param>
public sealed record SandboxStats(
    long Requests,
    IReadOnlyDictionary<string, long> ByRoute,
    IReadOnlyDictionary<string, long> ByStatus,
    long Unanswered,
    long HighestPerSecond,
    long People,
    long Events,
    IReadOnlyDictionary<string, long> Dropped);
