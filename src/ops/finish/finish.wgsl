// residual + activation(of·(1 + scale) + shift), each part optional, for the variable `of`: a value of `channel` that
// will stand at `at`. `shift` is where the picture's row begins; shifts and residual are bound.
#if SCALED
    $(of) *= 1.0 + shifts[shift + $(CHANNELS)u + channel];
#end
#if SHIFTED
    $(of) += shifts[shift + channel];
#end
#if ACTIVATION == 1
    $(of) = max($(of), 0.0);
#end
#if RESIDUAL
    $(of) += residual[$(at)];
#end
