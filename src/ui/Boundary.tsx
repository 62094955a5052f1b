import { Component, type ReactNode } from 'react';
import { Button } from './Button.tsx';
import { ErrorBox } from './ErrorBox.tsx';

interface BoundaryProps {
  /** What failed, as a sentence. */
  readonly sentence: string;
  /** A change of this clears the failure and tries again. */
  readonly resetKey: unknown;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly error: Error | null;
}

/** Keeps a failure while drawing inside its own box: the rest of the page goes on. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (this.state.error && before.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="boundary">
        <ErrorBox sentence={this.props.sentence} detail={error.message}>
          <Button label="Try again" look="outline" isSmall onClick={() => this.setState({ error: null })} />
        </ErrorBox>
      </div>
    );
  }
}
