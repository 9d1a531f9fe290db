using System.Collections.Frozen;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace CustomerIoDestination.Model;

/// <summary>How a member of a closed set is called on the wire, in stored rows, in logs and metrics. It stays what it is when the member is renamed.</summary>
/// <param name="code">The code.</param>
[AttributeUsage(AttributeTargets.Field)]
public sealed class CodeAttribute(string code) : Attribute
{
    /// <summary>The code.</summary>
    public string Code { get; } = code;
}

/// <summary>Turns members of closed sets into their codes (<see cref="CodeAttribute"/>) and back.</summary>
public static class Codes
{
    /// <summary>The code of a member, for instance <c>limit_exceeded</c>.</summary>
    public static string ToCode<T>(this T value)
        where T : struct, Enum => Table<T>.CodeOf(value);

    /// <summary>The member of a code; null when this version knows none. What is stored may have been written by another version.</summary>
    /// <param name="code">The code; null is none.</param>
    /// <param name="ignoreCase">Whether another case will do, for what people type and what early versions stored.</param>
    public static T? Parse<T>(string? code, bool ignoreCase = false)
        where T : struct, Enum =>
        code is not null && (ignoreCase ? Table<T>.ByAnyCase : Table<T>.ByCode).TryGetValue(code, out T value) ? value : null;

    /// <summary>All codes of a set, in the order of its members.</summary>
    public static IReadOnlyList<string> Of<T>()
        where T : struct, Enum => Table<T>.All;

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly string[] All = [.. Enum.GetValues<T>().Select(Read)];

        public static readonly FrozenDictionary<string, T> ByCode = Enum.GetValues<T>().ToFrozenDictionary(Read, StringComparer.Ordinal);

        public static readonly FrozenDictionary<string, T> ByAnyCase = Enum.GetValues<T>().ToFrozenDictionary(Read, StringComparer.OrdinalIgnoreCase);

        // Members are numbered from zero, as they stand.
        public static string CodeOf(T value) => Unsafe.BitCast<T, int>(value) is var index && index >= 0 && index < All.Length ? All[index] : throw new UnreachableException();

        private static string Read(T value) =>
            typeof(T).GetField(value.ToString())?.GetCustomAttribute<CodeAttribute>()?.Code
            ?? throw new InvalidOperationException($"{typeof(T).Name}.{value} has no code");
    }
}
