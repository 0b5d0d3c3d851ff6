import type { RouterClient } from '@orpc/server';
import type { runNativeTask } from '../../models/native/run-task.ts';
import type { OpenTraining } from '../../models/native/training-run/session.ts';
import type { Implementer } from '../api/implementer.ts';
import type { ModelHandlers, Router } from '../api/router.ts';
import type { DoctorCheck, Hello } from '../contract/system/schema.ts';
import type { Staging } from '../conversation/import-export/staging.ts';
import type { OpenSession } from '../evaluation/context.ts';
import type { EventBus } from '../events.ts';
import type { LibrarySeam, ModelLibrary } from '../library/model-service.ts';
import type { UpdateOptions } from '../updates/updates.ts';

export interface ApplicationOptions {
	/** Created if missing. The caller owns it (`hosts/`): no other process may create an application on it. */
	readonly dataFolder: string;
	readonly host: Hello['host'];
	/** Capabilities of this host beyond the common ones, for `system.hello`. */
	readonly capabilities?: readonly string[];
	/** Version of Assay, from package.json. */
	readonly version: string;
	/** Called with one line per call; no secrets, no conversation text. */
	readonly log: (line: string) => void;
	/** Opens the model library and its calls. */
	readonly models: (seam: LibrarySeam, os: Implementer) => ApplicationModels | Promise<ApplicationModels>;
	/** Runs a measurement in its own process; tests pass a replacement that doesn't. */
	readonly native?: typeof runNativeTask;
	/** Holds a model in its own process for evaluation runs; tests pass a scripted one. */
	readonly openSession?: OpenSession;
	/** Trains in its own process; tests pass a scripted one. */
	readonly openTraining?: OpenTraining;
	/** Milliseconds since 1970. */
	readonly clock?: () => number;
	/** Folder of the `.sql` files, if not two folders above the running code. */
	readonly migrationsFolder?: string;
	/** A real Node binary for the processes that parse files; default: the one that runs this process. */
	readonly nodeBinary?: string;
	/** Code of the reader thread, if not next to the running code (`reader-worker.js`). */
	readonly readerEntry?: URL;
	/**
	 * What to do with a damaged database: 'restore' (default) opens the newest good backup and reports it in
	 * `status().notice`.
	 */
	readonly onDamage?: 'restore' | 'refuse';
	/** Compares an installed program's files with those that were packed, for `doctor`. */
	readonly examineProgram?: () => Promise<DoctorCheck>;
	/** The command that starts the MCP server for this data folder; default: `assay mcp`. */
	readonly mcpCommand?: readonly [string, ...string[]];
	/** Where updates of Assay come from; default: nowhere that it knows. */
	readonly updates?: UpdateOptions;
}

export interface ApplicationModels {
	readonly library: ModelLibrary;
	readonly handlers: ModelHandlers;
}

/** The whole application, the same object in the window, the browser host and the command line. */
export interface Application {
	/** For a transport's RPCHandler, with `{}` as the context. */
	readonly router: Router;
	/** The same calls within this process. */
	readonly client: RouterClient<Router>;
	readonly events: EventBus;
	/** Files being imported or exported, for a host that transfers them itself. */
	readonly staging: Staging;
	/** Stops answers and keeps their text, ends workers, closes the database. Safe to call twice. */
	close(): Promise<void>;
}
