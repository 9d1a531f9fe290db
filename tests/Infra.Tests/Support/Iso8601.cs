using System.Xml;

namespace CustomerIoDestination.Infra.Support;

/// <summary>ISO 8601 durations, as ARM writes them.</summary>
internal static class Iso8601
{
    /// <summary>Reads one; fails on anything else.</summary>
    public static TimeSpan Duration(string text) => XmlConvert.ToTimeSpan(text);

    /// <summary>The shorter of two, as text.</summary>
    public static string AtMost(string text, string limit) => Duration(text) <= Duration(limit) ? text : limit;
}
