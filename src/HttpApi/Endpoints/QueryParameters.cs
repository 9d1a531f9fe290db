using System.Globalization;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.Model;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Endpoints;

/// <summary>Reads query parameters and keeps the first problem. An empty parameter counts as absent.</summary>
internal sealed class QueryParameters(IQueryCollection query)
{
    public const int MaxLimit = 1_000;
    public const int DefaultLimit = 100;

    // Longer than any cursor a store hands out.
    private const int MaxCursorLength = 512;

    /// <summary>The first parameter that is not what it may be; null when all are.</summary>
    public ApiError? Problem { get; private set; }

    /// <summary>How many items are wanted.</summary>
    public int Limit()
    {
        string? text = Read("limit");
        if (text is null)
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= MaxLimit)
        {
            return limit;
        }

        Problem ??= ApiErrors.InvalidParameter("limit", string.Create(CultureInfo.InvariantCulture, $"a whole number from 1 to {MaxLimit}"));
        return DefaultLimit;
    }

    /// <summary>The cursor of the page before; null for the first page.</summary>
    public string? After()
    {
        string? cursor = Read("after");
        if (cursor is { Length: > MaxCursorLength })
        {
            Problem ??= ApiErrors.UnknownPlace;
        }

        return cursor;
    }

    /// <summary>A value of a closed set; null when it is not asked for.</summary>
    public T? Code<T>(string name)
        where T : struct, Enum
    {
        string? code = Read(name);
        if (code is null)
        {
            return null;
        }

        T? value = Codes.Parse<T>(code);
        if (value is null)
        {
            Problem ??= ApiErrors.InvalidParameter(name, "one of " + string.Join(", ", Codes.Of<T>()));
        }

        return value;
    }

    private string? Read(string name)
    {
        string? text = query[name];
        return string.IsNullOrEmpty(text) ? null : text;
    }
}

/// <summary>The parameter a path ends with.</summary>
internal static class PathValue
{
    /// <summary>
    /// The last segment of the path. Read from the path itself: hosts differ in where they put route values, and every parameter of
    /// <see cref="ApiRoutes"/> is the last segment.
    /// </summary>
    public static string Last(HttpRequest request)
    {
        string path = (request.Path.Value ?? "").TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }
}
