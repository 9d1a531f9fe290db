using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>The headers of this API.</summary>
internal static class RequestHeaders
{
    /// <summary>One of <c>Ingest__Keys</c>.</summary>
    public const string IngestKey = "X-Ingest-Key";

    /// <summary>One of <c>Ingest__WriteKeys</c>; a beacon, which sets no header, has it as the query's <c>writeKey</c>.</summary>
    public const string WriteKey = "X-Write-Key";

    /// <summary>The signature over the body as received.</summary>
    public const string Signature = "X-Signature";

    /// <summary><c>Ingest__LifecycleKey</c>: with it, delete and suppress events of the request count.</summary>
    public const string LifecycleKey = "X-Lifecycle-Key";

    /// <summary>One of <c>Admin__Keys</c>.</summary>
    public const string AdminKey = "X-Admin-Key";

    /// <summary><see cref="RequestedWithValue"/> on every request that changes something.</summary>
    public const string RequestedWith = "X-Requested-With";

    /// <summary>The only value of <see cref="RequestedWith"/> that counts.</summary>
    public const string RequestedWithValue = "destination";

    /// <summary>The lane events are meant for.</summary>
    public const string Lane = "X-Lane";

    /// <summary><c>true</c>: the identifies of the request count as of now, whatever their own time.</summary>
    public const string AsOfNow = "X-As-Of-Now";

    /// <summary>The header's value; null when it is absent or empty. A repeated header is one that fits nothing.</summary>
    public static string? Read(HttpRequest request, string name)
    {
        return Single(request.Headers[name]);
    }

    /// <summary>The one value; null when there is none or it is empty.</summary>
    public static string? Single(StringValues values)
    {
        return values.Count switch
        {
            0 => null,
            1 => string.IsNullOrEmpty(values[0]) ? null : values[0],
            // Empty ones too: joined as they are, they are no value anybody was given.
            _ => string.Join(',', values.ToArray()),
        };
    }
}
