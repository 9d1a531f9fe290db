using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

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

    public static Function Named(string name) => All.Single(function => function.Name == name);

    /// <summary>Runs it once, with what its trigger hands it.</summary>
    public Task RunAsync(IServiceProvider services, params object[] arguments) =>
        (Task)Method.Invoke(ActivatorUtilities.CreateInstance(services, Method.DeclaringType!), arguments)!;

    /// <summary>The same, for one that answers.</summary>
    public Task<T> RunAsync<T>(IServiceProvider services, params object[] arguments) => (Task<T>)RunAsync(services, arguments);
}
