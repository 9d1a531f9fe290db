using System.Globalization;
using System.Text;

namespace CustomerIoDestination.HttpApi;

/// <summary>
/// An exception as text for the log: types, codes and stack, without the messages. A message is arbitrary text and may quote what it
/// failed on, and an event's values must never be logged.
/// </summary>
internal static class FailureText
{
    public static string Of(Exception exception)
    {
        var text = new StringBuilder();
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            text.Append(text.Length > 0 ? " caused by " : "")
                .Append(inner.GetType().FullName)
                .Append(CultureInfo.InvariantCulture, $" (0x{inner.HResult:X8})");
        }

        return text.AppendLine().Append(exception.StackTrace).ToString();
    }
}
