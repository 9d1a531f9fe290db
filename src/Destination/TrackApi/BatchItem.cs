using System.Diagnostics;
using CustomerIoDestination.Events;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.TrackApi;

/// <summary>An operation as an item of a v2 batch. It carries the same facts as the v1 request.</summary>
public static class BatchItem
{
    /// <summary>Writes the item; false when the operation has no v2 form here and goes through v1 in its place in the order.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="anonymous">Whether anonymous events may travel in batches (undocumented by Customer.io).</param>
    /// <param name="output">Where to; the item lives as long as the buffer's content.</param>
    /// <param name="item">The item.</param>
    public static bool TryWrite(TrackApiOperation operation, bool anonymous, ScratchBuffer output, out ReadOnlyMemory<byte> item)
    {
        bool written = operation switch
        {
            TrackApiOperation.IdentifyPerson identify => TryIdentify(identify, output),
            TrackApiOperation.TrackEvent { Subject: EventSubject.Anonymous } when !anonymous => false,
            TrackApiOperation.TrackEvent track => Track(track, output),
            TrackApiOperation.ChangeObject change => Entity(change, output),
            TrackApiOperation.AddDevice add => AddDevice(add, output),
            TrackApiOperation.RemoveDevice remove => RemoveDevice(remove, output),
            TrackApiOperation.MergePeople merge => Merge(merge, output),
            TrackApiOperation.ChangeLifecycle change => Lifecycle(change, output),
            _ => throw new UnreachableException(),
        };
        item = written ? output.Take() : default;
        return written;
    }

    private static bool TryIdentify(TrackApiOperation.IdentifyPerson identify, ScratchBuffer output)
    {
        // A v2 identify can only add relationships; removing is an action of its own, so it goes through v1 with its attributes.
        if (identify.Relationships is { Remove: true })
        {
            return false;
        }

        BeginPerson(identify.Person, output);
        output.Write(",\"action\":\"identify\""u8);
        if (identify.Timestamp is { } timestamp)
        {
            output.Write(",\"timestamp\":"u8);
            output.WriteNumber(timestamp);
        }

        output.Write(",\"attributes\":{"u8);
        output.Write(identify.Attributes.Span);
        output.WriteByte((byte)'}');
        if (identify.Relationships is { } relationships)
        {
            output.Write(",\"cio_relationships\":"u8);
            output.Write(relationships.Items.Span);
        }

        output.WriteByte((byte)'}');
        return true;
    }

    private static bool Track(TrackApiOperation.TrackEvent track, ScratchBuffer output)
    {
        switch (track.Subject)
        {
            case EventSubject.Known { Person: var person }:
                BeginPerson(person, output);
                break;
            case EventSubject.Anonymous { AnonymousId: var anonymousId }:
                output.Write("{\"type\":\"person\",\"identifiers\":{\"anonymous_id\":"u8);
                output.WriteString(anonymousId.Span);
                output.WriteByte((byte)'}');
                break;
        }

        output.Write(track.Type switch
        {
            TrackEventType.Page => ",\"action\":\"page\",\"name\":"u8,
            TrackEventType.Screen => ",\"action\":\"screen\",\"name\":"u8,
            _ => ",\"action\":\"event\",\"name\":"u8,
        });
        output.WriteString(track.Name.Span);
        output.Write(",\"id\":\""u8);
        output.WriteAscii(track.EventId);
        output.Write("\",\"timestamp\":"u8);
        output.WriteNumber(track.Timestamp);
        output.Write(",\"attributes\":"u8);
        output.Write(track.Data.Span);
        output.WriteByte((byte)'}');
        return true;
    }

    private static bool Entity(TrackApiOperation.ChangeObject change, ScratchBuffer output)
    {
        output.Write(change.Entity.Span);
        return true;
    }

    private static bool AddDevice(TrackApiOperation.AddDevice add, ScratchBuffer output)
    {
        BeginPerson(add.Person, output);
        output.Write(",\"action\":\"add_device\",\"device\":{\"token\":"u8);
        SingleRequest.WriteDevice(add.Device, output);
        output.Write("}}"u8);
        return true;
    }

    private static bool RemoveDevice(TrackApiOperation.RemoveDevice remove, ScratchBuffer output)
    {
        BeginPerson(remove.Person, output);
        output.Write(",\"action\":\"delete_device\",\"device\":{\"token\":"u8);
        output.WriteString(remove.Token.Span);
        output.Write("}}"u8);
        return true;
    }

    private static bool Merge(TrackApiOperation.MergePeople merge, ScratchBuffer output)
    {
        output.Write("{\"type\":\"person\",\"action\":\"merge\","u8);
        SingleRequest.WriteMerge(merge, output);
        output.WriteByte((byte)'}');
        return true;
    }

    private static bool Lifecycle(TrackApiOperation.ChangeLifecycle change, ScratchBuffer output)
    {
        BeginPerson(change.Person, output);
        output.Write(change.Change switch
        {
            LifecycleChange.Delete => ",\"action\":\"delete\"}"u8,
            LifecycleChange.Suppress => ",\"action\":\"suppress\"}"u8,
            LifecycleChange.Unsuppress => ",\"action\":\"unsuppress\"}"u8,
            _ => throw new UnreachableException(),
        });
        return true;
    }

    private static void BeginPerson(PersonIdentifier person, ScratchBuffer output)
    {
        output.Write("{\"type\":\"person\",\"identifiers\":"u8);
        person.Write(output);
    }
}
