using System.Diagnostics;
using System.Text.Json;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Takes values over from the rules' file, to live as long as the rules.</summary>
internal static class ConstantReader
{
    /// <summary>A value, without the comments that may be in it.</summary>
    public static JsonValue Read(JsonElement json)
    {
        var table = new JsonTable();
        return table.TryRead(JsonSerializer.SerializeToUtf8Bytes(json)) ? table.Root : throw new UnreachableException("A JSON element is JSON.");
    }
}
