// What each kind of screen may be. Slack's `View` takes any object with a `type` as a block; these take
// the blocks that Slack documents and no others.
import type { HomeView, InputBlock, KnownBlock, ModalView, PlainTextElement } from "@slack/types";

export type Message = { text: string; blocks: Exclude<KnownBlock, InputBlock>[] };

export type Home = Omit<HomeView, "blocks"> & { blocks: KnownBlock[] };

type ModalFrame = Omit<ModalView, "blocks" | "submit">;

/** Slack: "must define `submit` to use an `input` block in modals". */
export type Modal =
  | (ModalFrame & { submit: PlainTextElement; blocks: KnownBlock[] })
  | (ModalFrame & { blocks: Exclude<KnownBlock, InputBlock>[] });

// generate.mjs leaves these blocks out because the types lack them. When this line fails, they no longer
// do: take the block out of NOT_IN_THE_TYPES.
type Lacks<Type extends string> = Extract<KnownBlock, { type: Type }> extends never ? true : false;
true satisfies Lacks<"data_visualization">;
