using System.Text;
using System.Text.Json.Serialization;

namespace TrackApiSandbox.Snapshots;

/// <summary>One Track API call as it was received.</summary>
public sealed class ReceivedRequest
{
    private readonly byte[] _body;
    private int _status;

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

    /// <summary>The status answered; null while the call is in hand and when it was cut off without an answer.</summary>
    public int? Status => Volatile.Read(ref _status) is not 0 and var status ? status : null;

    [JsonIgnore]
    internal int BodyBytes => _body.Length;

    internal void Answered(int status) => Volatile.Write(ref _status, status);
}
