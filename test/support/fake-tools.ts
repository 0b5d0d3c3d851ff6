import { setTimeout as sleep } from 'node:timers/promises';
import type { ArgumentPattern, LastingScope, ToolArguments, ToolOffer } from '../../electron/contract/tools/schema.ts';
import type { ConversationTools, ToolCallOptions } from '../../electron/conversation/conversation-tools.ts';

/** One tool of a test. */
export interface FakeTool {
	readonly run: (args: ToolArguments, options: ToolCallOptions) => unknown;
	readonly state?: ToolOffer['state'];
	readonly used?: boolean;
	readonly server?: string | null;
	readonly description?: string;
}

export interface FakeTools extends ConversationTools {
	/** Calls that ran, in order, and what was granted. */
	readonly called: { name: string; args: ToolArguments }[];
	readonly granted: { toolId: number; pattern: ArgumentPattern; scope: LastingScope }[];
	readonly refused: ToolArguments[];
	readonly used: Map<number, readonly number[]>;
}

/** Tools that run in this process; `allowed` ones ask nobody. */
export function fakeTools(tools: Readonly<Record<string, FakeTool>>): FakeTools {
	const names = Object.keys(tools);
	const called: FakeTools['called'] = [];
	const granted: FakeTools['granted'] = [];
	const refused: ToolArguments[] = [];
	const used = new Map<number, readonly number[]>();
	const stateOf = (id: number) => tools[names[id - 1] ?? '']?.state ?? 'allowed';
	return {
		called,
		granted,
		refused,
		used,
		listTools: async (place) =>
			names.map((name, index) => {
				const tool = tools[name]!;
				const chosen = typeof place === 'number' ? used.get(place) : undefined;
				return {
					id: index + 1,
					server: tool.server ?? null,
					name,
					description: tool.description ?? `The tool ${name}`,
					inputSchema: { type: 'object', additionalProperties: true },
					tokens: 10,
					state: tool.state ?? 'allowed',
					used: chosen?.includes(index + 1) ?? tool.used ?? true,
				};
			}),
		chooseTools: (conversationId, ids) => void used.set(conversationId, ids),
		decidePermission(toolId) {
			const state = stateOf(toolId);
			if (state === 'allowed') return 'allow';
			if (granted.some((grant) => grant.toolId === toolId)) return 'allow';
			return state === 'ask' ? 'ask' : 'refuse';
		},
		async callTool(toolId, args, options) {
			const name = names[toolId - 1] ?? '';
			const began = performance.now();
			const done = (content: string, isError = false) => ({
				content,
				isError,
				ms: performance.now() - began,
				truncated: false,
				bytes: Buffer.byteLength(content),
			});
			if (!options.isAllowedOnce && this.decidePermission(toolId, args, options.place) !== 'allow')
				return done('Not permitted.', true);
			called.push({ name, args });
			try {
				const value = await tools[name]!.run(args, options);
				return done(typeof value === 'string' ? value : JSON.stringify(value));
			} catch (error) {
				return done(error instanceof Error ? error.message : String(error), true);
			}
		},
		refuseCall(_, args) {
			refused.push(args);
			return { content: 'The user refused this call.', isError: true, ms: 0, truncated: false, bytes: 0 };
		},
		grant(toolId, pattern, scope) {
			granted.push({ toolId, pattern, scope });
		},
		keepGrants() {},
	};
}

/** A tool that ends only when it is stopped; with `stubborn`, not even then. */
export function hangingTool(stubborn = false): FakeTool {
	return { run: (_, { signal }) => sleep(60_000, 'late', stubborn ? { ref: false } : { signal, ref: false }) };
}
