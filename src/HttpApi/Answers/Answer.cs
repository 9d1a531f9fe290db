using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Answers;

/// <summary>Makes answers.</summary>
internal static class Answer
{
    /// <summary>200 with this body.</summary>
    public static IResult With<T>(T value, JsonTypeInfo<T> type) => new JsonAnswer<T>(value, type);
}
