using System.Buffers;
using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>The body <c>{"batch":[…]}</c> in pooled memory.</summary>
internal readonly struct BatchBody : IDisposable
{
    /// <summary>Bytes around the items.</summary>
    public const int FrameBytes = 12;

    private const string Path = "/api/v2/batch";

    private readonly byte[] _array;

    public BatchBody(ReadOnlySpan<PendingEvent> events)
    {
        int size = FrameBytes;
        foreach (PendingEvent pending in events)
        {
            size += pending.Item!.Value.Length + 1;
        }

        _array = ArrayPool<byte>.Shared.Rent(size);
        int length = Write(_array, events);
        Request = new TrackApiRequest(TrackApiMethod.Post, Path, Path, _array.AsMemory(0, length));
    }

    public TrackApiRequest Request { get; }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_array, clearArray: true);

    private static int Write(Span<byte> to, ReadOnlySpan<PendingEvent> events)
    {
        int length = Append(to, 0, "{\"batch\":["u8);
        for (int i = 0; i < events.Length; i++)
        {
            length = i > 0 ? Append(to, length, ","u8) : length;
            length = Append(to, length, events[i].Item!.Value.Span);
        }

        return Append(to, length, "]}"u8);
    }

    private static int Append(Span<byte> to, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to[at..]);
        return at + bytes.Length;
    }
}
