import { openConnection } from '../../../../electron/context/tools/server-connection.ts';
import type { ConnectedServer } from '../../../../electron/context/tools/server-protocol.ts';
import { Failure } from '../../../../models/contract/failure.ts';

/*
 * What the conformance suite runs as a client: connects to the address that it appends, lists the tools, signs in if the
 * server asks for it, and calls each tool, as the application does.
 */

const url = process.argv.at(-1) ?? '';
const context = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}') as {
	toolCalls?: { name: string; arguments: Record<string, unknown> }[];
};
const timeoutMs = 10_000;
const nothing = (): void => {};
const connection = openConnection(
	{},
	{
		onToolsChanged: nothing,
		onStderr: (text) => process.stderr.write(text),
		onSignedIn: nothing,
		onRequest: nothing,
		onEnded: nothing,
	},
);

async function connect(): Promise<ConnectedServer> {
	try {
		return await connection.request<ConnectedServer>({
			type: 'connect',
			target: { kind: 'url', url, headers: {}, signIn: null },
			blocked: false,
			timeoutMs,
		});
	} catch (error) {
		if (!isSignIn(error)) throw error;
		return await signIn();
	}
}

function isSignIn(error: unknown): boolean {
	return error instanceof Failure && error.code === 'tool-server-sign-in';
}

/** The suite's authorisation server redirects at once, without a person. */
async function signIn(): Promise<ConnectedServer> {
	const redirectUrl = 'http://127.0.0.1:48765/signed-in';
	const begun = await connection.request<{ url: string } | ConnectedServer>({
		type: 'sign-in',
		redirectUrl,
		state: 'a-state',
		timeoutMs,
	});
	if (!('url' in begun)) return begun;
	const response = await fetch(begun.url, { redirect: 'manual' });
	const back = new URL(response.headers.get('location') ?? '');
	return await connection.request<ConnectedServer>({
		type: 'finish-sign-in',
		parameters: back.search.slice(1),
		timeoutMs,
	});
}

function argumentsFor(schema: Record<string, unknown>): Record<string, unknown> {
	const properties = (schema.properties ?? {}) as Record<string, { type?: string }>;
	return Object.fromEntries(
		Object.entries(properties).map(([name, { type }]) => [
			name,
			type === 'number' || type === 'integer' ? 5 : type === 'boolean' ? true : 'x',
		]),
	);
}

try {
	const { tools } = await connect();
	const echo = tools.find(({ name }) => name === 'json_schema_echo');
	const calls =
		echo !== undefined
			? [{ name: echo.name, arguments: { schema: tools.find(({ name }) => name !== echo.name)?.inputSchema } }]
			: (context.toolCalls ?? tools.map(({ name, inputSchema }) => ({ name, arguments: argumentsFor(inputSchema) })));
	for (const { name, arguments: args } of calls) {
		try {
			await connection.request({ type: 'call', name, args, timeoutMs });
		} catch (error) {
			if (!isSignIn(error)) throw error;
			// As a person does who is told that the server asks for a sign-in again.
			await signIn();
			await connection.request({ type: 'call', name, args, timeoutMs });
		}
	}
} finally {
	await connection.close();
}
