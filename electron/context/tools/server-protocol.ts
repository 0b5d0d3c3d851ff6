import { Failure, type FailureFacts } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { OfferedTool } from './store.ts';

/** What a server process connects to, secrets included. */
export type ServerTarget =
	| {
			readonly kind: 'command';
			readonly command: string;
			readonly args: readonly string[];
			readonly env: Readonly<Record<string, string>>;
			readonly folder: string;
	  }
	| {
			readonly kind: 'url';
			readonly url: string;
			readonly headers: Readonly<Record<string, string>>;
			/** What earlier sign-ins gave; null: none. */
			readonly signIn: SignInState | null;
	  };

/** What a sign-in by OAuth leaves behind, as the protocol's package stores it. */
export interface SignInState {
	readonly redirectUrl: string;
	readonly client?: unknown;
	readonly tokens?: unknown;
	readonly verifier?: string;
}

/** What the application asks of a server process; each request is answered once, by its id. */
export type ServerRequest =
	| { readonly type: 'connect'; readonly target: ServerTarget; readonly blocked: boolean; readonly timeoutMs: number }
	/** Reads the server's tools again. */
	| { readonly type: 'list'; readonly timeoutMs: number }
	| {
			readonly type: 'call';
			readonly name: string;
			readonly args: Readonly<Record<string, unknown>>;
			readonly timeoutMs: number;
	  }
	/** Begins a sign-in that comes back to this address, with this state. */
	| { readonly type: 'sign-in'; readonly redirectUrl: string; readonly state: string; readonly timeoutMs: number }
	/** Ends it with the parameters that came back, and connects. */
	| { readonly type: 'finish-sign-in'; readonly parameters: string; readonly timeoutMs: number };

export type ToServerProcess =
	| { readonly type: 'request'; readonly id: number; readonly request: ServerRequest }
	| { readonly type: 'cancel'; readonly id: number }
	| { readonly type: 'blocked'; readonly blocked: boolean };

export interface ConnectedServer {
	/** Version of the protocol. */
	readonly protocol: string;
	readonly tools: readonly OfferedTool[];
}

/** A call's result as text. */
export interface ServerResult {
	readonly content: string;
	readonly isError: boolean;
	readonly truncated: boolean;
	/** Before it was cut. */
	readonly bytes: number;
}

export type FromServerProcess =
	| { readonly type: 'answer'; readonly id: number; readonly result: unknown }
	| { readonly type: 'failed'; readonly id: number; readonly failure: FailureFacts }
	/** The server says that its tools changed. */
	| { readonly type: 'tools-changed' }
	| { readonly type: 'request-sent'; readonly host: string; readonly outcome: string; readonly bytes: number }
	| { readonly type: 'signed-in'; readonly state: SignInState }
	| { readonly type: 'stderr'; readonly text: string }
	/** The server is gone. */
	| { readonly type: 'closed' };

/** Descriptor on which a server process sends; its standard output belongs to libraries. */
export const serverDescriptor = 3;

/** Largest message between the application and a server process, bytes. */
export const longestMessage = 8 * 1024 * 1024;

/** Says that a server did not answer in time. */
export function tookTooLong(timeoutMs: number): Failure {
	return new Failure({
		code: 'tool-server-timeout',
		message: said`The tool server didn’t answer within ${Math.round(timeoutMs / 1000)} s.`,
		next: [said`Try again`, said`Connect again in Settings, Tools`],
	});
}
