import type { ArgumentPattern, GrantScope, ToolArguments, ToolOffer, ToolResult } from '../contract/tools/schema.ts';

/** Limits of one call. */
export interface ToolCallOptions {
	readonly signal: AbortSignal;
	/** Milliseconds; then the call ends with an error for the model. */
	readonly timeoutMs: number;
	/** Null: a temporary conversation, of which nothing is stored. */
	readonly conversationId: number | null;
}

/** Tools as an answer uses them. `context/tools` implements it; the composition root joins them. */
export interface ConversationTools {
	/** Every tool, those that are off too; only those with `used` and without `off` or `changed` go to the model. */
	listTools(conversationId: number | null): Promise<readonly ToolOffer[]>;
	/** Makes a conversation use these tools and no others. Called in a transaction. */
	chooseTools(conversationId: number, toolIds: readonly number[]): void;
	/** `refuse`: it is off, unknown, or changed since the person accepted it. */
	decidePermission(toolId: number, args: ToolArguments, conversationId: number | null): 'allow' | 'ask' | 'refuse';
	/**
	 * Calls a tool and logs the call. Never rejects: whatever goes wrong, a missing permission too, is a result with
	 * `isError` for the model.
	 */
	callTool(toolId: number, args: ToolArguments, options: ToolCallOptions): Promise<ToolResult>;
	/** Logs a call that the person refused, and returns what the model is told. */
	refuseCall(toolId: number, args: ToolArguments, conversationId: number | null): ToolResult;
	/**
	 * Permits calls. `once`: the next call whose arguments fit, of this conversation; `conversation` in a temporary
	 * conversation lasts until the application closes. Throws Failure `tool-unknown`.
	 */
	grant(toolId: number, pattern: ArgumentPattern, scope: GrantScope, conversationId: number | null): void;
}
