import type {
	CallToolResult,
	McpServer,
	ServerContext,
	StandardSchemaWithJSON,
	ToolAnnotations,
} from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { failureOf } from '../api/call-failure.ts';
import type { Client } from '../contract/client.ts';
import type { ServerScope } from '../contract/server/schema.ts';
import type { McpContext, McpGrants } from './context.ts';
import { type Report, reporterOf } from './progress.ts';

/** A call of a tool. */
export interface ToolCall {
	readonly client: Client;
	/** The client cancelled the call, or left. */
	readonly signal: AbortSignal;
	readonly report: Report;
}

interface ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> {
	readonly name: string;
	readonly title: string;
	/** For the model that chooses the tool. Every word costs its context, in every conversation. */
	readonly description: string;
	/** null: every client. */
	readonly scope: ServerScope | null;
	readonly input: Input;
	readonly output: Output;
	readonly annotations: ToolAnnotations;
	/** Throws a Failure for what the client can mend. */
	readonly run: (input: z.output<Input>, call: ToolCall) => Promise<z.input<Output>>;
}

/** A tool as it is offered to a client. */
export interface Tool {
	readonly name: string;
	readonly scope: ServerScope | null;
	offer(server: McpServer, context: McpContext): void;
}

/** Defines a tool; its input and output are checked against their schemas. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>({
	name,
	title,
	description,
	scope,
	input,
	output,
	annotations,
	run,
}: ToolDefinition<Input, Output>): Tool {
	return {
		name,
		scope,
		offer(server, context) {
			const inputSchema: StandardSchemaWithJSON = input;
			const outputSchema: StandardSchemaWithJSON = output;
			server.registerTool(
				name,
				{ title, description, inputSchema, outputSchema, annotations },
				(given: unknown, exchange: ServerContext) =>
					// The package has checked the input by its schema.
					perform(context, exchange, name, (call) => run(given as z.output<Input>, call)),
			);
		},
	};
}

/** Whether a client may use the tool. */
export function isGranted({ scope }: Pick<Tool, 'scope'>, { scopes }: McpGrants): boolean {
	return scope === null || scopes.includes(scope);
}

async function perform(
	context: McpContext,
	exchange: ServerContext,
	name: string,
	work: (call: ToolCall) => Promise<object>,
): Promise<CallToolResult> {
	const { signal } = exchange.mcpReq;
	try {
		const value = await context.withApplication((client) => work({ client, signal, report: reporterOf(exchange) }));
		return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: { ...value } };
	} catch (error) {
		signal.throwIfAborted();
		const { code, message, next, detail } = failureOf(error);
		if (code === 'internal') context.log(`mcp: ${name} failed: ${detail ?? message}`);
		const steps = next.map((step) => `- ${step}`);
		return { content: [{ type: 'text', text: [message, ...steps].join('\n') }], isError: true };
	}
}
