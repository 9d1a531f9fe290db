using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Tests.Support;

/// <summary>A function of the app, as its attributes say.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Method">What runs.</param>
internal sealed record Function(string Name, MethodInfo Method)
{
    /// <summary>Every function of the app.</summary>
    public static IReadOnlyList<Function> All { get; } =
    [
        .. typeof(TriggerSettlement).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Select(method => (method, function: method.GetCustomAttribute<FunctionAttribute>()))
            .Where(found => found.function is not null)
            .Select(found => new Function(found.function!.Name, found.method)),
    ];

    /// <summary>What starts it, where that is a request.</summary>
    public HttpTriggerAttribute? Http => Trigger<HttpTriggerAttribute>();

    /// <summary>What starts it, if it is of that kind.</summary>
    public T? Trigger<T>()
        where T : Attribute => Method.GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).FirstOrDefault(trigger => trigger is not null);

    /// <summary>The function of a name.</summary>
    public static Function Named(string name) => All.Single(function => function.Name == name);
}
