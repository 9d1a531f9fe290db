using System.Text.Json;

namespace CustomerIoDestination.Text;

/// <summary>Arrays in JSON that is written by hand.</summary>
public static class JsonArrays
{
    /// <summary>Writes a member that is an array of objects.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="items">An object each.</param>
    /// <param name="writeMembers">Writes the members of one.</param>
    public static void WriteObjects<T>(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> writeMembers)
    {
        writer.WritePropertyName(name);
        writer.WriteObjects(items, writeMembers);
    }

    /// <summary>Writes an array of objects.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter writer, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> writeMembers)
    {
        writer.WriteStartArray();
        for (int index = 0; index < items.Count; index++)
        {
            writer.WriteStartObject();
            writeMembers(writer, items[index]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
